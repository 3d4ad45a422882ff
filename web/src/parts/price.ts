// A price as the API's forms and choices tell it, in one line: "2,200円/月(税込)".
import { yen } from "~/base/format";
import { type Both, said, words } from "~/base/words";

const w = words(
  {
    included: "税込",
    excluded: "税抜",
    none: "不課税",
    month: "月",
    per: (amount: string, what: string) => `${amount}/${what}`,
    taxed: (amount: string, tax: string) => `${amount}(${tax})`,
  },
  {
    included: "incl. tax",
    excluded: "without tax",
    none: "not taxed",
    month: "month",
    per: (amount: string, what: string) => `${amount} per ${what}`,
    taxed: (amount: string, tax: string) => `${amount} (${tax})`,
  },
);

type Price = { yen: number; tax: "included" | "excluded" | "none"; how: string; per: Both | null };

export function price({ yen: amount, tax, how, per }: Price): string {
  const unit = said(per) || (how === "every_month" ? w().month : "");
  return w().taxed(unit ? w().per(yen(amount), unit) : yen(amount), w()[tax]);
}
