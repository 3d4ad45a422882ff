// Whom to call about an alert: the home's own numbers; before there are any, the contract's contact, for whom the API shows it.
import { Answer } from "~/parts/answer";
import { ButtonLink } from "~/parts/basics";
import { CallLink, type Numbered, useNumbers } from "./numbers";
import { useContract, useMay } from "./read";
import { w } from "./words";

export function Call({ home }: { home: string }) {
  const numbers = useNumbers(home);
  return (
    <>
      <Answer of={numbers}>{(all) => (all.length ? <Known all={all} /> : <Contact home={home} />)}</Answer>
      <p class="soft">{w().callThen}</p>
    </>
  );
}

function Known({ all }: { all: Numbered[] }) {
  return (
    <ul class="stack">
      {all.map((one, place) => (
        <li key={one.number} class="stack tight">
          <span>
            <strong>{one.who}</strong> {one.keeps_key && <span class="soft small">{w().hasKey}</span>}
          </span>
          <CallLink one={one} main={place === 0} />
        </li>
      ))}
    </ul>
  );
}

function Contact({ home }: { home: string }) {
  const may = useMay(home);
  const contact = useContract(home).data?.contact as { name?: string; phone?: string } | undefined;
  const one = contact?.phone && {
    number: "",
    who: w().callContact(contact.name ?? ""),
    phone: contact.phone,
    keeps_key: false,
  };
  return (
    <>
      {one && <Known all={[one]} />}
      <p>{w().callHint}</p>
      {may("numbers.put") && <ButtonLink href={`/homes/${home}/alerts/numbers`}>{w().callKeep}</ButtonLink>}
    </>
  );
}
