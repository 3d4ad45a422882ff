// The commands that carry a task on: each leads to its form, filled in as far as it is known.
import { shortDay } from "~/base/format";
import { words } from "~/base/words";
import { ButtonLink, Chip } from "~/parts/basics";
import { type Task, taskWords } from "../tasks";
import { plainly } from "../words";
import { commandName } from "../words/commands";
import { actHref } from "./contract-cells";

const t = words(
  { refused: (reason: string) => `いまはできません: ${reason}`, due: (day: string) => `${day}まで` },
  { refused: (reason: string) => `Not possible now: ${reason}`, due: (day: string) => `until ${day}` },
);

export function TaskCommands({ of }: { of: Task }) {
  return (
    <span class="row">
      {of.commands.map((one) =>
        one.refused ? (
          <span key={one.command} class="soft small" title={t().refused(plainly(one.refused))}>
            <s>{commandName(one.command)}</s> {one.rule}
          </span>
        ) : (
          <ButtonLink key={one.command} small href={actHref(of.contract, one.command, one.body)}>
            {commandName(one.command)}
          </ButtonLink>
        ),
      )}
    </span>
  );
}

/** What waits on one contract, above everything else of it. */
export function TaskLines({ of }: { of: Task[] }) {
  if (!of.length) return null;
  return (
    <ul class="stack tight">
      {of.map((task) => (
        <li key={`${task.kind} ${task.about}`} class="banner care task">
          <span class="row apart">
            <span>
              <strong>{taskWords(task)}</strong> {task.due && <Chip tone="care">{t().due(shortDay(task.due))}</Chip>}{" "}
              <span class="soft small">{task.about}</span>
            </span>
            <TaskCommands of={task} />
          </span>
        </li>
      ))}
    </ul>
  );
}
