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

type Said = { title?: string; detail?: string; reason?: string; cure?: string; field?: string; rule?: string };

export async function problemOf(response: Response): Promise<Problem> {
  const body: Said = await response.json().catch(() => ({}));
  const { title = "", detail = "", reason = "unknown", cure = "", field = "", rule = "" } = body;
  return new Problem(response.status, reason, title, detail, cure, field, rule);
}

export const noAnswer = () => new Problem(0, "no_answer", "", "", "");
