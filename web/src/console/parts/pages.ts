// Lists that the API answers page by page: read on by hand, kept in the one cache.
import { useInfiniteQuery } from "@tanstack/preact-query";

export type Paged<T> = { items: T[]; next?: string };

/** The rows read so far, and how to read on. The key begins with "operator". */
export function usePages<T, P extends Paged<T> = Paged<T>>(
  queryKey: unknown[],
  ask: (cursor: string | undefined) => Promise<P>,
  enabled = true,
) {
  const asked = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => ask(pageParam || undefined),
    initialPageParam: "",
    getNextPageParam: (last: P) => last.next || undefined,
    enabled,
  });
  const pages = asked.data?.pages;
  return {
    data: pages?.flatMap((page) => page.items),
    pages,
    error: asked.error,
    isPending: asked.isPending,
    isFetching: asked.isFetching,
    refetch: asked.refetch,
    more: asked.hasNextPage ? { load: () => asked.fetchNextPage(), busy: asked.isFetchingNextPage } : undefined,
  };
}

export type PagesOf<T> = ReturnType<typeof usePages<T>>;
