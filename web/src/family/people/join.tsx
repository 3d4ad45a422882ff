// An invitation, from the link in its mail. The code stands behind the #, so that no server sees it on the way.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, data, key } from "~/api/client";
import { useChange, useQuery } from "~/api/queries";
import { who } from "~/api/session";
import { day } from "~/base/format";
import { homesKey } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Banner, Button, ButtonLink, Card } from "~/parts/basics";
import { TextField, TickField } from "~/parts/fields";
import { Form, Trouble } from "~/parts/form";
import { Screen } from "~/parts/screen";
import { tell } from "~/parts/toast";
import { Can } from ".";
import { w } from "./words";

let kept = ""; // while somebody signs in or up on the way: in memory only, as it lets somebody in

export default function Join() {
  const [token, setToken] = useState(() => location.hash.slice(1) || kept);
  if (token) kept = token;
  return (
    <Screen title={w().joinTitle}>
      {!who.value ? <Door /> : token ? <Offer token={token} onOther={() => setToken("")} /> : <Code onCode={setToken} />}
    </Screen>
  );
}

function Door() {
  return (
    <div class="stack">
      <Banner title={w().joinSignIn}>{w().joinSignUp}</Banner>
      <ButtonLink kind="main" href="/sign-in?to=/invitation">
        {w().joinGoIn}
      </ButtonLink>
      <ButtonLink href="/sign-up?to=/invitation">{w().joinGoUp}</ButtonLink>
    </div>
  );
}

function Code({ onCode }: { onCode: (token: string) => void }) {
  const [typed, setTyped] = useState("");
  return (
    <Form onSubmit={() => typed.trim() && onCode(typed.trim())} label={w().joinTitle}>
      <TextField
        label={w().joinCode}
        hint={w().joinCodeHint}
        value={typed}
        onValue={setTyped}
        autocomplete="one-time-code"
        autoCapitalize="none"
        spellcheck={false}
      />
      <Button type="submit" kind="main" wide>
        {w().joinLook}
      </Button>
    </Form>
  );
}

function Offer({ token, onOther }: { token: string; onOther: () => void }) {
  const { route } = useLocation();
  const [agreed, setAgreed] = useState<string[]>([]);
  const [wrong, setWrong] = useState("");
  const offer = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => data(api.POST("/v1/invitations/look", { body: { token } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const accept = useChange({
    send: (consents: string[], once) =>
      data(api.POST("/v1/invitations/accept", { params: { header: key(once) }, body: { token, consents } })),
    touches: [homesKey],
    done: (joined) => {
      kept = "";
      tell(w().joined);
      route(`/homes/${joined.contract}`, true);
    },
  });
  const other = (
    <Button
      kind="quiet"
      onClick={() => {
        kept = "";
        onOther();
      }}
    >
      {w().joinOther}
    </Button>
  );
  return (
    <div class="stack">
      <Answer of={offer}>
        {({ inviter, title, role, consents, until }) => (
          <Form
            label={w().joinTitle}
            onSubmit={() =>
              consents.every((one) => agreed.includes(one.consent)) ? accept.mutate(agreed) : setWrong(w().needConsent)
            }
          >
            <Card title={w().joinFrom(said(inviter))}>
              <p>
                {said(title)} · {w().joinAs(said(role.label))}
              </p>
              <Can role={{ ...role, may_invite: false, asks_devices: false }} />
              <p class="soft small">{w().joinUntil(day(until))}</p>
            </Card>
            {consents.length > 0 && (
              <fieldset class="stack tight">
                <legend>{w().joinConsents}</legend>
                {consents.map((one) => (
                  <TickField
                    key={one.consent}
                    label={said(one.label)}
                    more={said((one as { means?: { ja: string; en: string } }).means)}
                    checked={agreed.includes(one.consent)}
                    wrong={agreed.includes(one.consent) ? undefined : wrong}
                    onChecked={(checked) =>
                      setAgreed(checked ? [...agreed, one.consent] : agreed.filter((each) => each !== one.consent))
                    }
                  />
                ))}
              </fieldset>
            )}
            <Trouble of={accept.error} />
            <Button type="submit" kind="main" wide busy={accept.isPending}>
              {w().joinGo}
            </Button>
          </Form>
        )}
      </Answer>
      {offer.error ? other : null}
    </div>
  );
}
