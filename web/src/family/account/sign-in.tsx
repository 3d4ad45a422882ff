import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { who } from "~/api/session";
import { ButtonLink } from "~/parts/basics";
import { Screen } from "~/parts/screen";
import { Credentials } from "./credentials";
import { Speaks } from "./speaks";
import { begun, door, wanted } from "./way";
import { w } from "./words";

/** Signing in leads back to where one wanted to go; so do the other doors. */
export function SignIn() {
  const { path, url, query, route } = useLocation();
  const here = path === "/sign-in";
  const to = wanted(here ? query.to : url);
  const signedIn = !!who.value;
  useEffect(() => {
    if (signedIn && here) route(to, true);
  }, [signedIn]);
  const confirm = (email: string, password: string) => {
    begun.value = { email, password };
    route(door("/sign-up", to));
  };
  return (
    <Screen title={w().signIn} aside={<Speaks />}>
      <div class="stack wide">
        <p>{w().welcome}</p>
        <Credentials onUnconfirmed={confirm} />
        <div class="stack tight">
          <ButtonLink kind="quiet" href={door("/forgotten", to)}>
            {w().forgotten}
          </ButtonLink>
          <ButtonLink href={door("/sign-up", to)}>{w().signUp}</ButtonLink>
          <ButtonLink href="/apply">{w().apply}</ButtonLink>
        </div>
      </div>
    </Screen>
  );
}
