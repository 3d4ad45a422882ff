// What a line of a device's trace says besides its kind, in words: how much came, who was told and how it went.
import { figure, time } from "~/base/format";
import { type Both, said, words } from "~/base/words";
import { plainly, spoken } from "../words";
import { levels } from "../words/desk";

export type Entry = { at: string; kind: string } & Record<string, unknown>;

const t = words(
  {
    readings: (count: string, when: string) => `測定値 ${count}件(${when})`,
    span: (from: string, to: string) => `${from}から${to}まで`,
    apart: (count: string) => `ありえない値 ${count}件`,
    part: "ほかの測定値は取り込みました",
    by: (who: string) => `${who} による`,
    measured: (at: string) => `${at}に測定`,
    to: (who: string) => `${who} へ`,
  },
  {
    readings: (count: string, when: string) => `${count} readings (${when})`,
    span: (from: string, to: string) => `${from} to ${to}`,
    apart: (count: string) => `impossible values: ${count}`,
    part: "its other readings were taken in",
    by: (who: string) => `by ${who}`,
    measured: (at: string) => `measured at ${at}`,
    to: (who: string) => `to ${who}`,
  },
);

const news = words(
  { asked: "大丈夫かをたずねた", opened: "お知らせが出た", closed: "お知らせが終わった" },
  { asked: "asked whether all is well", opened: "an alert opened", closed: "an alert closed" },
);

const channels = words(
  { mail: "メール", push: "プッシュ通知", line: "LINE", sms: "SMS" },
  { mail: "e-mail", push: "push", line: "LINE", sms: "text message" },
);

const reached = words(
  {
    sent: "送れた",
    failed: "送れなかった",
    no_address: "宛先がない",
    gone: "宛先がなくなった",
    refused: "相手が受け取らない",
    no_quota: "今月送れる数を使い切った",
    not_set_up: "送る準備がまだ",
    trying: "送っている",
    unsure: "送れたか分からない",
  },
  {
    sent: "sent",
    failed: "could not be sent",
    no_address: "no address",
    gone: "the address is gone",
    refused: "not accepted there",
    no_quota: "this month's messages are used up",
    not_set_up: "not set up yet",
    trying: "on its way",
    unsure: "nobody knows whether it arrived",
  },
);

const settled = words(
  { done: "できた", refused: "機器が断った", timed_out: "返事がなかった", withdrawn: "取り消された" },
  { done: "done", refused: "refused by the device", timed_out: "no answer", withdrawn: "withdrawn" },
);

const text = (value: unknown) => (typeof value === "string" ? value : "");
const at = (value: unknown) => (text(value) ? time(text(value)) : "");
const span = (from: string, to: string) => (from === to ? from : t().span(from, to));
const list = (value: unknown, set: Record<string, string>) =>
  (Array.isArray(value) ? value : []).map((one) => spoken(set, String(one))).join(", ");

const PARTS: Record<string, (of: Entry) => string[]> = {
  message: (of) => [
    t().readings(figure(Number(of.readings), "", 0), span(at(of.measured_from), at(of.measured_to))),
    of.kept_apart ? t().apart(figure(Number(of.kept_apart), "", 0)) : "",
  ],
  set_aside: (of) => [said(of.told as Both), of.rest_taken_in ? t().part : ""],
  replayed: (of) => [said(of.told as Both)],
  alert_opened: (of) => [spoken(levels(), text(of.level)), plainly(text(of.watch)), t().measured(at(of.measured_at))],
  acknowledged: (of) => [plainly(text(of.watch)), text(of.by) && t().by(text(of.by))],
  alert_closed: (of) => [plainly(text(of.watch)), text(of.by) && t().by(text(of.by))],
  told: (of) => [t().to(text(of.person)), spoken(news(), text(of.news)), list(of.channels, channels())],
  reached: (of) => [t().to(text(of.person)), spoken(channels(), text(of.channel)), spoken(reached(), text(of.outcome))],
  wish_asked: (of) => [list(of.settings, {})],
  wish_settled: (of) => [spoken(settled(), text(of.outcome))],
};

/** The words of one line; nothing for a kind that says it all by itself. */
export const traced = (of: Entry): string => PARTS[of.kind]?.(of).filter(Boolean).join(" · ") ?? "";
