// This browser's own push subscription. Asks for permission only when somebody has pressed for it.
import { api, data } from "~/api/client";

export type Subscription = { endpoint: string; keys: { p256dh: string; auth: string } };
export class Denied extends Error {}
/** The browser itself would not, as in a private window or without its push service. */
export class Unable extends Error {}

export const canPush = (): boolean => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** The address under which the API knows a browser: a print of its endpoint, as the API makes it. */
export async function printOf(endpoint: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(hash)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .slice(0, 24);
}

/** The print of this browser's subscription; "" when it has none. */
export async function here(): Promise<string> {
  if (!canPush()) return "";
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  return subscription ? printOf(subscription.endpoint) : "";
}

/** Asks the person, then the browser. Raises Denied when the person says no, Unable when the browser does. */
export async function subscribe(): Promise<Subscription> {
  if ((await Notification.requestPermission()) !== "granted") throw new Denied();
  const registration = await navigator.serviceWorker.ready;
  const { public_key } = await data(api.GET("/v1/push-key"));
  const wanted = { userVisibleOnly: true, applicationServerKey: public_key };
  const made = await registration.pushManager.subscribe(wanted).catch(() => {
    throw new Unable();
  });
  const { endpoint = "", keys } = made.toJSON();
  return { endpoint, keys: { p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" } };
}

export async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}
