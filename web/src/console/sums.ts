/** The sums of the pages read so far: every number added up, everything else as the first page has it. */
export function added<T extends object>(pages: T[]): T | undefined {
  const [first, ...rest] = pages;
  if (!first) return undefined;
  const sums = { ...first } as Record<string, unknown>;
  for (const page of rest)
    for (const [name, value] of Object.entries(page))
      if (typeof value === "number") sums[name] = Number(sums[name] ?? 0) + value;
  return sums as T;
}
