import { ChevronDown } from "lucide-preact";
import { day } from "~/base/format";
import { useHomeId } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Empty } from "~/parts/basics";
import { dated } from "~/parts/dated";
import { Screen } from "~/parts/screen";
import { useNotices } from "./asked";
import { w } from "./words";

/** A copy of every mail about the contract, the newest first. */
export function Notices() {
  const home = useHomeId();
  const notices = useNotices(home);
  return (
    <Screen title={w().notices} back={`/homes/${home}/contract`}>
      <Answer of={notices}>
        {(all) =>
          all.length ? (
            <ul class="list">
              {all.map((notice, place) => (
                <li key={`${notice.on} ${place}`}>
                  <details class="fold">
                    <summary>
                      <span class="stack tight">
                        <span class="soft small number">{day(notice.on)}</span>
                        <span>{said(notice.subject)}</span>
                      </span>
                      <ChevronDown size={20} aria-hidden />
                    </summary>
                    <p class="letter">{dated(said(notice.text))}</p>
                  </details>
                </li>
              ))}
            </ul>
          ) : (
            <Empty>{w().noticesNone}</Empty>
          )
        }
      </Answer>
    </Screen>
  );
}
