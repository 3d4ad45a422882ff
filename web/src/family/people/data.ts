// What the People screens read.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";

const at = (contract: string) => ({ params: { path: { contract } } });

export const useMembers = (home: string, enabled = true) =>
  useQuery({
    queryKey: ["people", home, "members"],
    queryFn: () => data(api.GET("/v1/contracts/{contract}/members", at(home))),
    enabled: !!home && enabled,
  });

export const useRoles = (home: string) =>
  useQuery({
    queryKey: ["people", home, "roles"],
    queryFn: () => data(api.GET("/v1/contracts/{contract}/roles", at(home))),
    enabled: !!home,
  });

export const useInvitations = (home: string, enabled: boolean) =>
  useQuery({
    queryKey: ["people", home, "invitations"],
    queryFn: () => data(api.GET("/v1/contracts/{contract}/invitations", at(home))),
    enabled: !!home && enabled,
  });

export const useConsents = (home: string) =>
  useQuery({
    queryKey: ["people", home, "consents"],
    queryFn: () => data(api.GET("/v1/contracts/{contract}/consents", at(home))),
    enabled: !!home,
  });

type Asked<T> = { data?: T | undefined };
type Data<T> = T extends Asked<infer D> ? NonNullable<D> : never;
export type Roles = Data<ReturnType<typeof useRoles>>;
export type Role = Roles["items"][number];
export type Member = Data<ReturnType<typeof useMembers>>["items"][number];
export type Invitation = Data<ReturnType<typeof useInvitations>>["items"][number];
export type Consent = Data<ReturnType<typeof useConsents>>["items"][number];

/** What stands for today: of each consent the last word. */
export function latest(consents: Consent[]): Consent[] {
  const last = new Map<string, Consent>();
  for (const one of consents) last.set(`${one.consent} ${one.to ?? ""} ${one.by} ${one.person ?? ""}`, one);
  return [...last.values()];
}

/** Whether a relation lies within what the terms allow: no degree is no relative. */
export function isNear(roles: Roles, role: Role, relation: string, byMarriage: boolean): boolean {
  const most = role.relation_degree_max;
  if (most === undefined) return true;
  const degree = roles.relations.find((one) => one.relation === relation)?.degree;
  return degree !== null && degree !== undefined && degree <= most && (!byMarriage || !!role.by_marriage);
}
