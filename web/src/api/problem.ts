/** What went wrong, as the API says it (RFC 9457): in words, with the field and the cure; or that nothing was heard. */
export class Problem extends Error {
  constructor(
    readonly status: number, // 0: no answer came at all
    readonly reason: string,
    readonly title: string,
    readonly detail: string,
    readonly cure: string,
    readonly field: string = "",
    readonly rule: string = "",
    readonly contracts: readonly InTheWay[] = [],
  ) {
    super(reason);
  }

  get offline(): boolean {
    return this.status === 0;
  }

  /** Whether the same request may work a moment later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** A contract because of which something is refused, and why in words. */
export type InTheWay = { contract: string; service: string; reason: string; detail: string };
type Said = { title?: string; detail?: string; reason?: string; cure?: string; field?: string; rule?: string };
type Body = Said & { contracts?: InTheWay[] };

export async function problemOf(response: Response): Promise<Problem> {
  const body: Body = await response.json().catch(() => ({}));
  const { title = "", detail = "", reason = "unknown", cure = "", field = "", rule = "", contracts = [] } = body;
  return new Problem(response.status, reason, title, detail, cure, field, rule, contracts);
}

export const noAnswer = () => new Problem(0, "no_answer", "", "", "");
