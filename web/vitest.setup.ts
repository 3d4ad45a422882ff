// What a browser has and Node has not, as far as pure modules look at it.
const kept = new Map<string, string>();
Object.assign(globalThis, {
  location: new URL("http://localhost/"),
  addEventListener: () => undefined,
  localStorage: {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  },
});
Object.defineProperty(globalThis, "navigator", { value: { language: "ja" }, configurable: true });
Object.assign(globalThis, { location: { origin: "http://localhost" } });
