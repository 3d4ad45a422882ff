// What was read is kept in memory, shown at once, and read anew behind it. One cache for all screens.

import { effect } from "@preact/signals";
import { onlineManager, QueryClient, useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/preact-query";
import { useRef } from "preact/hooks";
import { newKey, Problem } from "./client";
import { who } from "./session";

export { useQueries, useQuery, useQueryClient };

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 20_000,
      gcTime: 15 * 60_000,
      networkMode: "always", // the service worker may have an answer where the line has none
      refetchOnReconnect: "always", // and that answer is old, however lately it was read
      retry: (count, wrong) => count < 2 && wrong instanceof Problem && wrong.passing && !wrong.offline,
    },
    mutations: { retry: false, networkMode: "always" },
  },
});

onlineManager.setOnline(navigator.onLine); // it takes a page that was opened without a line for one that has it

// What one person saw is not shown to the next one.
effect(() => {
  if (who.value === null) queries.clear();
});

type Changing<Body, Answer> = {
  /** Sends it. The key is the same until the API has answered this very body: pressing again never does it twice. */
  send: (body: Body, key: string) => Promise<Answer>;
  /** First parts of the keys of what must be read anew. */
  touches?: unknown[][];
  done?: (answer: Answer, body: Body) => void;
};

/** Something that changes the world once: `const pay = useChange({ send: (body, key) => …, touches: [["bills", home]] })`. */
export function useChange<Body, Answer>({ send, touches = [], done }: Changing<Body, Answer>) {
  const client = useQueryClient();
  const attempt = useRef({ body: "", key: "" });
  return useMutation<Answer, Problem, Body>({
    mutationFn: (body) => {
      const text = JSON.stringify(body) ?? "";
      if (attempt.current.body !== text || !attempt.current.key) attempt.current = { body: text, key: newKey() };
      return send(body, attempt.current.key);
    },
    onSuccess: async (answer, body) => {
      attempt.current = { body: "", key: "" };
      await Promise.all(touches.map((queryKey) => client.invalidateQueries({ queryKey })));
      done?.(answer, body);
    },
    onError: (wrong) => {
      if (wrong instanceof Problem && !wrong.passing) attempt.current = { body: "", key: "" }; // refused: the next try is another one
    },
  });
}
