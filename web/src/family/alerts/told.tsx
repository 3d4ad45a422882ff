// Who was told, and what reached them.
import { when } from "~/base/format";
import { language } from "~/base/words";
import { type Alert, nameOf, type Person, type Told } from "./read";
import { outcomeOf, takenBy } from "./view";
import { w, word } from "./words";

const CONTACT = "@contact"; // whoever holds the contract, where nobody was added

export function channels(names: string[]): string {
  return names.map(word).join(language.value === "ja" ? "と" : " and ");
}

/** One line of what reached whom. */
export function toldLine(told: Told, people: Person[] | undefined): string {
  const name = told.person === CONTACT ? w().holder : nameOf(people, told.person);
  const outcome = outcomeOf(told);
  if (outcome === "waits") return w().toldWaits(name);
  if (outcome === "not") return w().toldNot(name);
  const how = channels(takenBy(told));
  return { asked: w().askedTo, opened: w().toldTo, closed: w().endTo }[told.kind](name, how);
}

export function ToldBriefly({ alert, people }: { alert: Alert; people: Person[] | undefined }) {
  if (!alert.told.length) return alert.in_maintenance ? null : <p class="soft small">{w().tellNobody}</p>;
  return (
    <ul class="told small">
      {alert.told.map((one) => (
        <li key={`${one.person} ${one.kind} ${one.at}`}>
          <span class="soft number">{when(one.at)}</span> {toldLine(one, people)}
        </li>
      ))}
    </ul>
  );
}
