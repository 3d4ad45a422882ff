// Keeps the app's own files, so that it opens without a line, and the last look at a home, so that there is something to see.
// Nothing else of the API is kept; "forget" (signing out) wipes what was seen.
export {};

declare const self: ServiceWorkerGlobalScope;

const SHELL = "shell";
const SEEN = "seen";
const LOOKS = /^\/v1\/(services|contracts(\/[^/]+\/(now|alerts))?)$/; // what Today needs

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.add("/")));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(SEEN));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && !url.pathname.startsWith("/v1/")) event.respondWith(shell());
  else if (url.pathname.startsWith("/assets/")) event.respondWith(file(event.request));
  else if (LOOKS.test(url.pathname)) event.respondWith(look(event.request));
});

/** The newest page; without a line the last one. */
async function shell(): Promise<Response> {
  const cache = await caches.open(SHELL);
  try {
    const fresh = await fetch("/", { cache: "no-cache" });
    if (fresh.ok) await cache.put("/", fresh.clone());
    return fresh;
  } catch {
    return (await cache.match("/")) ?? Response.error();
  }
}

/** Files whose names change with their content: what is there is right. */
async function file(request: Request): Promise<Response> {
  const cache = await caches.open(SHELL);
  const known = await cache.match(request);
  if (known) return known;
  const fresh = await fetch(request);
  if (fresh.ok) await cache.put(request, fresh.clone());
  return fresh;
}

/** As it is; without a line as it was last, marked so. */
async function look(request: Request): Promise<Response> {
  const cache = await caches.open(SEEN);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await cache.put(request.url, fresh.clone());
    return fresh;
  } catch (noLine) {
    const last = await cache.match(request.url);
    if (!last) throw noLine;
    const headers = new Headers(last.headers);
    headers.set("X-Seen-Before", "yes");
    return new Response(last.body, { status: 200, headers });
  }
}

type News = { title?: string; body?: string; tag?: string; contract?: string; alert?: string };

self.addEventListener("push", (event) => {
  const news: News = event.data?.json() ?? {};
  const { title = "Mimamori", body = "", tag } = news;
  const data = { url: pathOf(news) };
  event.waitUntil(self.registration.showNotification(title, { body, data, icon: "/icon-192.png", ...(tag && { tag }) }));
});

/** Where the news is to be seen: one alert, the alerts of a home, or the first page. */
function pathOf({ contract, alert }: News): string {
  if (!contract) return "/";
  const alerts = `/homes/${encodeURIComponent(contract)}/alerts`;
  return alert ? `${alerts}/log/${encodeURIComponent(alert)}` : alerts;
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? "/", location.origin);
  if (url.origin === location.origin) event.waitUntil(self.clients.openWindow(url));
});
