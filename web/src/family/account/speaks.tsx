// The other language, on the way in.
import { language, speak } from "~/base/words";
import { Button } from "~/parts/basics";
import { w } from "./words";

export function Speaks() {
  const other = language.value === "ja" ? "en" : "ja";
  return (
    <Button kind="quiet" small lang={other} onClick={() => speak(other)}>
      {w().language}
    </Button>
  );
}
