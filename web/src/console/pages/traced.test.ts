import { expect, it } from "vitest";
import { language } from "~/base/words";
import { traced } from "./traced";

const AT = "2026-11-22T16:35:00Z"; // 1:35 in Japan

it("says how much came, and when it was measured, in Japan's time", () => {
  language.value = "ja";
  const message = { at: AT, kind: "message", batch: "b-1", readings: 34, kept_apart: 0 };
  expect(traced({ ...message, measured_from: "2026-11-22T16:00:00Z", measured_to: AT })).toBe("測定値 34件(1:00から1:35まで)");
  expect(traced({ ...message, kept_apart: 2, measured_from: AT, measured_to: AT })).toContain("ありえない値 2件");
});

it("says why a message could not be read in the API's words", () => {
  language.value = "en";
  const aside = { at: AT, kind: "set_aside", reason: "not_json", told: { ja: "…", en: "It cannot be read as JSON." } };
  expect(traced({ ...aside, rest_taken_in: true })).toBe("It cannot be read as JSON. · its other readings were taken in");
  language.value = "ja";
});

it("says who was told, by what, and how that went; nothing of a kind that it does not know", () => {
  const told = { at: AT, contract: "c", alert: "a", news: "opened", person: "daughter" };
  expect(traced({ ...told, kind: "told", channels: ["mail", "line"] })).toBe("daughter へ · お知らせが出た · メール, LINE");
  expect(traced({ ...told, kind: "reached", channel: "sms", outcome: "no_quota" })).toContain("今月送れる数を使い切った");
  expect(traced({ at: AT, kind: "of another day" })).toBe("");
});
