// Who is signed in. The token lives in this module's memory only; a reload gets a new one with the cookie that scripts cannot read.
import { computed, signal } from "@preact/signals";
import { follow, language } from "~/base/words";
import { noAnswer, Problem, problemOf } from "./problem";

export type Who = { account: string; email: string; language?: "ja" | "en"; roles: string[] };
type Answer = Who & { token: string; expires_at: string };
/** Somebody was here before and the API could not be asked: what was seen last may be looked at, until it answers. */
const UNHEARD: Who = { account: "", email: "", roles: [] };
export type Challenge = { challenge: "new_password"; challenge_token: string };

/** undefined: not known yet; null: nobody. */
export const who = signal<Who | null | undefined>(undefined);
/** The session ran out while somebody was at work: they sign in again where they are, and go on. */
export const expired = signal(false);
export const isOperator = computed(() => who.value?.roles.includes("operator") ?? false);

// Whether there may be a session: no secret, it only spares whoever never signed in a question.
const BEEN_HERE = "been-here";

let token = "";
let until = 0;
let renewing: Promise<string> | undefined;
let awaited: (() => void)[] = [];

/** A token that holds for at least half a minute. Waits until somebody has signed in again where the session ran out. */
export async function bearer(anew = false): Promise<string> {
  if (token && !anew && Date.now() < until - 30_000) return token;
  renewing ??= renew().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function renew(): Promise<string> {
  try {
    take(await ask("POST", "/v1/session/refresh"));
    return token;
  } catch (wrong) {
    if (!(wrong instanceof Problem) || wrong.status !== 401) throw wrong;
    if (!who.value?.account) {
      forget();
      throw wrong;
    }
    token = "";
    expired.value = true;
    await new Promise<void>((resolve) => awaited.push(resolve));
    return token;
  }
}

/** Looks whether somebody is signed in still. Without a line, who was here may see what was seen last. */
export async function resume(): Promise<void> {
  if (!localStorage.getItem(BEEN_HERE)) {
    who.value = null;
    return;
  }
  try {
    await bearer(true);
  } catch (wrong) {
    if (who.value === undefined) who.value = wrong instanceof Problem && wrong.offline ? UNHEARD : null;
  }
}

/** Signs in; a challenge where a new password must be chosen first. */
export async function signIn(email: string, password: string): Promise<Challenge | undefined> {
  return settle(await ask("POST", "/v1/session", { email, password }));
}

export async function meet(email: string, challenge: Challenge, password: string): Promise<Challenge | undefined> {
  return settle(await ask("POST", "/v1/session/challenge", { email, challenge_token: challenge.challenge_token, password }));
}

export async function signOut(): Promise<void> {
  await ask("DELETE", "/v1/session").catch(() => undefined); // also without a line: this browser forgets at least
  forget();
}

/** Forgets who was here, and everything that was seen. */
export function forget(): void {
  [token, until] = ["", 0];
  localStorage.removeItem(BEEN_HERE);
  who.value = null;
  expired.value = false;
  awaited = [];
  wipe();
}

const wipe = () => navigator.serviceWorker?.controller?.postMessage("forget");

function settle(answer: Answer | Challenge): Challenge | undefined {
  if ("challenge" in answer) return answer;
  take(answer);
}

/** Goes on as whom the API says, with the token that it gave. */
export function take(answer: Answer): void {
  const { token: fresh, expires_at, ...rest } = answer;
  const another = who.value?.account && who.value.account !== rest.account;
  token = fresh;
  until = Date.parse(expires_at);
  who.value = rest;
  localStorage.setItem(BEEN_HERE, "yes");
  expired.value = false;
  if (another) {
    wipe();
    location.assign("/"); // somebody else signed in: nothing of the other's stays on the screen
  }
  follow(rest.language);
  for (const goOn of awaited.splice(0)) goOn();
}

/** Doors that need no token: sign in, sign up, codes. */
export async function ask<T = Answer & Challenge>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {
    "Accept-Language": language.value,
    "Content-Type": "application/json",
    "Idempotency-Key": crypto.randomUUID(),
  };
  const about: RequestInit = { method, headers, credentials: "same-origin" };
  if (method !== "GET") about.body = JSON.stringify(body ?? {});
  const response = await fetch(path, about).catch(() => {
    throw noAnswer();
  });
  if (!response.ok) throw await problemOf(response);
  return response.status === 204 ? (undefined as T) : response.json();
}
