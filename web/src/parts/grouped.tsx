const GROUP = /.{1,4}/gu;

/** A long number in groups, to be read aloud. The gaps are only drawn: what is copied is the whole. */
export function Grouped({ of }: { of: string }) {
  return (
    <span class="grouped">
      {of.match(GROUP)?.map((part, place) => (
        <span key={`${place} ${part}`}>{part}</span>
      ))}
    </span>
  );
}
