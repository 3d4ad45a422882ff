// What waits for a person, as the API gathers it from the contracts, and how it is grouped for reading.
import { api, data, type Schemas } from "~/api/client";
import { said } from "~/base/words";
import { usePages } from "./parts/pages";
import { plainly } from "./words";

export type Task = Schemas["Task"];
export type TaskPage = { items: Task[]; next?: string; looked_at?: number };

export const tasksKey = ["operator", "tasks"];

export function useTasks(narrowed: { service?: string; state?: string; kind?: string } = {}) {
  const { service = "", state = "", kind = "" } = narrowed;
  return usePages<Task, TaskPage>([...tasksKey, service, state, kind], (cursor) => {
    const query = {
      limit: 100,
      ...(service && { service }),
      ...(state && { state }),
      ...(kind && { kind }),
      ...(cursor && { cursor }),
    };
    return data(api.GET("/v1/operator/tasks", { params: { query: query as object } })) as Promise<TaskPage>;
  });
}

export const taskWords = (task: Task) => said(task.text as { ja?: string; en?: string }) || plainly(task.kind);

export const taskKey = (task: Task) => `${task.contract} ${task.kind} ${task.about ?? ""}`;

export type Group = { kind: string; count: number; oldest: string; late: number; example: Task };

/** Tasks by kind, what waits longest first; `late` counts those past their day. */
export function grouped(tasks: Task[], today: string): Group[] {
  const groups = new Map<string, Group>();
  for (const task of tasks) {
    const known = groups.get(task.kind) ?? { kind: task.kind, count: 0, oldest: task.since, late: 0, example: task };
    known.count += 1;
    if (task.since < known.oldest) known.oldest = task.since;
    if (task.due && task.due < today) known.late += 1;
    groups.set(task.kind, known);
  }
  return [...groups.values()].sort((one, other) => other.late - one.late || one.oldest.localeCompare(other.oldest));
}

/** The longest waiting first; among those that began on one day, what falls due first. */
export function inOrder(tasks: Task[]): Task[] {
  const rank = (task: Task) => `${task.since} ${task.due ?? "9999"} ${taskKey(task)}`;
  return tasks.toSorted((one, other) => rank(one).localeCompare(rank(other)));
}
