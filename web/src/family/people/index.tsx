// Who may look at this home: members, invitations, consents. The holder lets people in and out; others see what is theirs, and may leave.
import { UserPlus } from "lucide-preact";
import { useLocation } from "preact-iso";
import { api, data, key } from "~/api/client";
import { useChange } from "~/api/queries";
import { day } from "~/base/format";
import { homesKey, useHomeId } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Button, ButtonLink, Card, Chip } from "~/parts/basics";
import { useSure } from "~/parts/dialog";
import { Screen } from "~/parts/screen";
import { tell } from "~/parts/toast";
import { Consents } from "./consents";
import { type Member, type Role, type Roles, useMembers, useRoles } from "./data";
import { Invitations } from "./invitations";
import { Invite } from "./invite";
import { w } from "./words";

const HOLDERS = ["contractor", "applicant", "operator"];

export default function People() {
  const home = useHomeId();
  const { path } = useLocation();
  const roles = useRoles(home);
  if (path.endsWith("/people/invite"))
    return (
      <Screen title={w().invite} back={`/homes/${home}/people`}>
        <Answer of={roles}>{(all) => <Invite home={home} roles={all} />}</Answer>
      </Screen>
    );
  return (
    <Screen title={w().title} back={`/homes/${home}/contract`}>
      <Answer of={roles}>{(all) => <Everybody home={home} roles={all} />}</Answer>
    </Screen>
  );
}

function Everybody({ home, roles }: { home: string; roles: Roles }) {
  const holds = HOLDERS.includes(roles.mine);
  const invites = roles.items.some((role) => role.may_invite);
  return (
    <div class="stack wide">
      {(holds || roles.mine === "watched") && <Members home={home} roles={roles} holds={holds} />}
      {!holds && <Mine home={home} role={roles.items.find((role) => role.role === roles.mine)} />}
      {invites && (
        <div class="stack tight">
          <ButtonLink kind="main" href={`/homes/${home}/people/invite`}>
            <UserPlus size={20} aria-hidden /> {w().invite}
          </ButtonLink>
          <p class="soft small">{w().inviteMore}</p>
        </div>
      )}
      {invites && <Invitations home={home} roles={roles} />}
      <Consents home={home} />
    </div>
  );
}

function Members({ home, roles, holds }: { home: string; roles: Roles; holds: boolean }) {
  const members = useMembers(home);
  return (
    <Card title={w().who}>
      <Answer of={members}>
        {({ items }) => (
          <>
            <ul class="stack">
              {items.map((one) => (
                <Row
                  key={one.member}
                  home={home}
                  one={one}
                  role={roles.items.find((role) => role.role === one.role)}
                  mayRemove={holds && one.member !== "holder"}
                />
              ))}
            </ul>
            {items.length < 2 && <p class="soft">{w().cannotYet}</p>}
          </>
        )}
      </Answer>
    </Card>
  );
}

function Row({ home, one, role, mayRemove }: { home: string; one: Member; role?: Role | undefined; mayRemove: boolean }) {
  const sure = useSure();
  const remove = useChange({
    send: (member: string) =>
      data(api.DELETE("/v1/contracts/{contract}/members/{member}", { params: { path: { contract: home, member } } })),
    touches: [["people", home]],
    done: () => tell(w().letOutDone),
  });
  const name = one.person || said(role?.label);
  const ask = () =>
    sure.ask({
      title: w().letOutTitle(said(one.called) || name),
      children: w().letOutMore,
      label: w().letOut,
      danger: true,
      onYes: () => remove.mutateAsync(one.member),
    });
  return (
    <li class="row apart">
      <div>
        <strong>{name}</strong>
        <div class="row">
          {one.person && <span class="soft">{said(role?.label)}</span>}
          {one.since && <span class="soft small">{w().since(day(one.since))}</span>}
          <Chip tone={one.sees_data ? "good" : undefined}>{one.sees_data ? w().sees : w().seesNot}</Chip>
        </div>
      </div>
      {mayRemove && (
        <Button small onClick={ask} aria-label={`${w().letOut} ${name}`}>
          {w().letOut}
        </Button>
      )}
      {sure.dialog}
    </li>
  );
}

/** Somebody who was let in: what they may do here, and the way out. */
function Mine({ home, role }: { home: string; role?: Role | undefined }) {
  const sure = useSure();
  const { route } = useLocation();
  const leave = useChange({
    send: (_: null, once) =>
      data(api.POST("/v1/contracts/{contract}/leave", { params: { path: { contract: home }, header: key(once) } })),
    touches: [homesKey],
    done: () => {
      tell(w().left);
      route("/", true);
    },
  });
  const ask = () =>
    sure.ask({
      title: w().leaveTitle,
      children: w().leaveMore,
      label: w().leaveGo,
      danger: true,
      onYes: () => leave.mutateAsync(null),
    });
  return (
    <Card title={`${w().you}: ${said(role?.label)}`}>
      {role && <Can role={role} />}
      <Button kind="danger" onClick={ask}>
        {w().leave}
      </Button>
      {sure.dialog}
    </Card>
  );
}

export function Can({ role }: { role: Role }) {
  return (
    <>
      <p class="soft">{said(role.more)}</p>
      <h3>{w().can}</h3>
      <ul class="dots">
        {role.can.map((one) => (
          <li key={one.en}>{said(one)}</li>
        ))}
      </ul>
    </>
  );
}
