// The way back of a command on many: contracts that are taken back by the same command with the same arguments go together.

type Line = { contract: string; outcome: string; undo?: { command: string; body: object } | null };
export type Back = { command: string; contracts: string[]; body: object };

export function backwards(lines: Line[]): Back[] {
  const steps = new Map<string, Back>();
  for (const { contract, outcome, undo } of lines) {
    if (outcome !== "done" || !undo) continue;
    const name = `${undo.command} ${JSON.stringify(undo.body)}`;
    const step = steps.get(name) ?? { command: undo.command, contracts: [], body: undo.body };
    step.contracts.push(contract);
    steps.set(name, step);
  }
  return [...steps.values()];
}
