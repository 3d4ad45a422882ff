import { useLocation } from "preact-iso";
import { language, speak } from "~/base/words";
import { Button, ButtonLink } from "~/parts/basics";
import { Screen } from "~/parts/screen";
import { Credentials } from "./credentials";
import { w } from "./words";

/** Signing in leads back to where one wanted to go. */
export function SignIn() {
  const { path, query, route } = useLocation();
  const onDone = () => path === "/sign-in" && route(query.to?.startsWith("/") ? query.to : "/", true);
  return (
    <Screen title={w().signIn} aside={<Other />}>
      <div class="stack wide">
        <p>{w().welcome}</p>
        <Credentials onDone={onDone} />
        <div class="stack tight">
          <ButtonLink kind="quiet" href="/forgotten">
            {w().forgotten}
          </ButtonLink>
          <ButtonLink href="/sign-up">{w().signUp}</ButtonLink>
          <ButtonLink href="/apply">{w().apply}</ButtonLink>
        </div>
      </div>
    </Screen>
  );
}

function Other() {
  const other = language.value === "ja" ? "en" : "ja";
  return (
    <Button kind="quiet" small lang={other} onClick={() => speak(other)}>
      {w().language}
    </Button>
  );
}
