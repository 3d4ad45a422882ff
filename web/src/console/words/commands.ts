// What every command is called where an operator chooses it. The compiler asks for a name when the API gets a new command.
import type { paths } from "~/api/schema";
import { words } from "~/base/words";
import { spoken } from ".";
import { commands } from "./desk";

type Of<Path, Prefix extends string> = Path extends `${Prefix}/${infer Name}`
  ? Name extends `${string}/${string}`
    ? never
    : Name
  : never;
export type Command = Of<keyof paths, "/v1/contracts/{contract}/commands">;
export type ServiceCommand = Of<keyof paths, "/v1/services/{service}/commands">;

const serviceJa: Record<ServiceCommand, string> = {
  announce_price: "料金の改定を知らせる",
  announce_tax: "税率の変更を知らせる",
  announce_terms: "規約の改定を知らせる",
  announce_change: "内容の変更を知らせる",
  announce_termination: "サービスの終了を知らせる",
  announce_campaign: "広告を送る(同意した人だけ)",
  set_price_list: "価格表を決める",
  set_calendar: "休業日を決める",
  set_issuer: "請求書の発行者を決める",
  interrupt_service: "サービスの中断を知らせる",
  resume_service: "サービスの再開を知らせる",
  report_outage: "全体の不通を記録する",
};

const serviceEn: Record<ServiceCommand, string> = {
  announce_price: "Announce new prices",
  announce_tax: "Announce a new tax rate",
  announce_terms: "Announce new terms",
  announce_change: "Announce a change",
  announce_termination: "Announce the end of the service",
  announce_campaign: "Send advertising (to who agreed)",
  set_price_list: "Set the price list",
  set_calendar: "Set the closed days",
  set_issuer: "Set who issues the bills",
  interrupt_service: "Announce an interruption",
  resume_service: "Announce that the service goes on",
  report_outage: "Record an outage for all",
};

const serviceCommands = words(serviceJa, serviceEn);

export const commandName = (key: string) => spoken(commands(), key);
export const serviceCommandName = (key: string) => spoken(serviceCommands(), key);
export const serviceCommandKeys = Object.keys(serviceJa) as ServiceCommand[];
