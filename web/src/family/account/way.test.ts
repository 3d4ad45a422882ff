import { describe, expect, it } from "vitest";
import { door, figuresOf, isCode, wanted } from "./way";

describe("going on to where one wanted to go", () => {
  it("goes to a place of ours", () => {
    expect(wanted("/invitation")).toBe("/invitation");
    expect(wanted("/apply/some-service?step=2")).toBe("/apply/some-service?step=2");
  });
  it("goes nowhere else", () => {
    expect(wanted(undefined)).toBe("/");
    expect(wanted("//evil.example")).toBe("/");
    expect(wanted("/\\evil.example")).toBe("/");
    expect(wanted("https://evil.example")).toBe("/");
  });
  it("does not lead back to a door", () => {
    expect(wanted("/sign-up?to=/apply")).toBe("/");
    expect(wanted("/sign-in")).toBe("/");
  });
  it("hands the place on from door to door", () => {
    expect(door("/sign-up", "/")).toBe("/sign-up");
    expect(door("/sign-up", "/apply?a=b&c")).toBe("/sign-up?to=%2Fapply%3Fa%3Db%26c");
  });
});

describe("a code", () => {
  it("may be typed in any way that people type figures", () => {
    expect(figuresOf("\uFF11\uFF12\uFF13\uFF14\uFF15\uFF16")).toBe("123456"); // full width
    expect(figuresOf("123 456 ")).toBe("123456");
    expect(figuresOf("コードは 123456 です")).toBe("123456");
  });
  it("is whole with six figures", () => {
    expect(isCode("12345")).toBe(false);
    expect(isCode("123456")).toBe(true);
  });
});
