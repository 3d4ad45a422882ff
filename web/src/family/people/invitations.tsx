import { api, data, key } from "~/api/client";
import { useChange } from "~/api/queries";
import { day } from "~/base/format";
import { said } from "~/base/words";
import { Button, Card, Chip } from "~/parts/basics";
import { useSure } from "~/parts/dialog";
import { Trouble } from "~/parts/form";
import { tell } from "~/parts/toast";
import { type Invitation, type Roles, useInvitations } from "./data";
import { w } from "./words";

/** Invitations that nobody has answered yet; there is no card where there is none. */
export function Invitations({ home, roles }: { home: string; roles: Roles }) {
  const asked = useInvitations(home, true);
  if (asked.error) return <Trouble of={asked.error} />;
  const waiting = asked.data?.items.filter((one) => one.state === "open" || one.state === "expired") ?? [];
  if (!waiting.length) return null;
  return (
    <Card title={w().invitations}>
      <ul class="stack">
        {waiting.map((one) => (
          <Row
            key={one.invitation}
            home={home}
            one={one}
            role={said(roles.items.find((role) => role.role === one.role)?.label)}
          />
        ))}
      </ul>
    </Card>
  );
}

function Row({ home, one, role }: { home: string; one: Invitation; role: string }) {
  const sure = useSure();
  const path = { contract: home, invitation: one.invitation };
  const touches = [["people", home]];
  const again = useChange({
    send: (_: null, once) =>
      data(api.POST("/v1/contracts/{contract}/invitations/{invitation}/resend", { params: { path, header: key(once) } })),
    touches,
    done: () => tell(w().sentAgain),
  });
  const back = useChange({
    send: (_: null) => data(api.DELETE("/v1/contracts/{contract}/invitations/{invitation}", { params: { path } })),
    touches,
    done: () => tell(w().takenBack),
  });
  const ask = () =>
    sure.ask({
      title: w().takeBackTitle(said(one.called) || one.person),
      children: w().takeBackMore,
      label: w().takeBack,
      danger: true,
      onYes: () => back.mutateAsync(null),
    });
  return (
    <li class="stack tight">
      <div class="row">
        <strong>{one.person}</strong>
        <span class="soft">{role}</span>
        {one.state === "expired" ? (
          <Chip tone="care">{w().late}</Chip>
        ) : (
          <span class="soft small">{w().until(day(one.expires_at))}</span>
        )}
      </div>
      <div class="row even">
        <Button small busy={again.isPending} onClick={() => again.mutate(null)}>
          {w().again}
        </Button>
        <Button small onClick={ask}>
          {w().takeBack}
        </Button>
      </div>
      <Trouble of={again.error} />
      {sure.dialog}
    </li>
  );
}
