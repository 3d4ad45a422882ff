// The API's doors, typed from its own OpenAPI document. Everything common to all requests is done here, once.
import createClient from "openapi-fetch";
import { language } from "~/base/words";
import { noAnswer, Problem, problemOf } from "./problem";
import type { paths } from "./schema";
import { bearer, who } from "./session";

export { Problem } from "./problem";

async function send(input: Request): Promise<Response> {
  const again = input.clone();
  if (who.value === null) return once(input, ""); // nobody is signed in: some doors are open to all
  const answer = await once(input, await bearer().catch((wrong) => unless(input, wrong)));
  if (answer.status !== 401) return answer;
  await answer.text(); // an answer that nobody reads keeps its line while somebody signs in again
  return once(again, await bearer(true));
}

/** Without a line no token can be had; the service worker may still know what was seen last. */
function unless({ method }: Request, wrong: unknown): string {
  if (method === "GET" && wrong instanceof Problem && wrong.offline) return "";
  throw wrong;
}

async function once(request: Request, token: string): Promise<Response> {
  if (token) request.headers.set("Authorization", `Bearer ${token}`);
  request.headers.set("Accept-Language", language.value);
  try {
    return await fetch(request);
  } catch {
    throw noAnswer();
  }
}

export const api = createClient<paths>({ baseUrl: location.origin, fetch: send, credentials: "same-origin" });

type Result<T> = { data?: T; error?: unknown; response: Response };

/** What the API answered, or throws the Problem that it said: `await data(api.GET("/v1/services"))`. */
export async function data<T>(asked: Promise<Result<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok) return data as T;
  throw await problemOf(new Response(JSON.stringify(error), { status: response.status }));
}

/** The header of a request that must happen once, however often it is sent: keep the key until the answer is there. */
export const key = (value: string) => ({ "Idempotency-Key": value });
export const newKey = () => crypto.randomUUID();

export type Schemas = import("./schema").components["schemas"];
