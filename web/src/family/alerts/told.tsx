// Who was told, and what reached them.
import { when } from "~/base/format";
import { language } from "~/base/words";
import { type Alert, calledOf, type Next, type Person, type Told } from "./read";
import { outcomeOf, takenBy } from "./view";
import { w, word } from "./words";

const CONTACT = "@contact"; // whoever holds the contract, where nobody was added

export function channels(names: string[]): string {
  return names.map(word).join(language.value === "ja" ? "と" : " and ");
}

const nameFor = (person: string, people: Person[] | undefined) => (person === CONTACT ? w().holder : calledOf(people, person));

/** One line of what reached whom. */
export function toldLine(told: Told, people: Person[] | undefined): string {
  const name = nameFor(told.person, people);
  const outcome = outcomeOf(told);
  if (told.waits_until) return w().toldLater(name, when(told.waits_until));
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

/** Whom we tell next, when and by what, while nobody has it in hand. */
export function ToldNext({ alert, people }: { alert: Alert; people: Person[] | undefined }) {
  if (alert.closed_at || !alert.next) return null;
  if (!alert.next.length) return <p class="soft small">{alert.acknowledged_at ? w().nextStopped : w().nextNobody}</p>;
  return (
    <div class="told small">
      <h3>{w().next}</h3>
      <ul>
        {alert.next.map((one) => (
          <li key={`${one.person} ${one.kind} ${one.at}`}>
            <span class="soft number">{when(one.at)}</span> {nextLine(one, people)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function nextLine(next: Next, people: Person[] | undefined): string {
  const name = nameFor(next.person, people);
  if (!next.channels.length) return w().nextNoWay(name);
  const line = (next.kind === "asked" ? w().nextAsk : w().nextTell)(name, channels(next.channels));
  const why = [next.after_quiet && w().nextQuiet, next.gathered && w().nextGathered].filter(Boolean).join("");
  return line + why;
}
