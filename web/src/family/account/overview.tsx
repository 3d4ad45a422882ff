// Everything of one's own at a look, and the places of the home that a phone's bar has no room for.
import { Download, KeyRound, LogOut, Mail, Plus, ReceiptText, SlidersHorizontal, Trash2, UsersRound } from "lucide-preact";
import { useLocation } from "preact-iso";
import { api, data, key } from "~/api/client";
import { useChange } from "~/api/queries";
import { signOut, who } from "~/api/session";
import { opens, useHome } from "~/base/homes";
import { type Look, look, wear } from "~/base/look";
import { type Language, language, speak } from "~/base/words";
import { Button, Card, Facts } from "~/parts/basics";
import { useSure } from "~/parts/dialog";
import { SelectField } from "~/parts/fields";
import { Trouble } from "~/parts/form";
import { Menu } from "~/parts/menu";
import { Screen } from "~/parts/screen";
import { tell } from "~/parts/toast";
import { o } from "./own-words";

export function Overview() {
  return (
    <Screen title={o().title}>
      <div class="stack wide">
        <Places />
        <Shown />
        <section class="stack tight">
          <h2>{o().account}</h2>
          <Facts of={[[o().signedInAs, who.value?.email]]} />
          <Menu
            of={[
              { href: "/account/email", label: o().emailChange, mark: Mail },
              { href: "/account/password", label: o().passwordChange, mark: KeyRound },
              { href: "/account/data", label: o().export, mark: Download },
              { href: "/account/delete", label: o().remove, mark: Trash2 },
            ]}
          />
        </section>
        <Leaving />
      </div>
    </Screen>
  );
}

function Places() {
  const home = useHome();
  const places = [
    { place: "wishes", label: o().wishes, more: o().wishesMore, mark: SlidersHorizontal },
    { place: "people", label: o().people, more: o().peopleMore, mark: UsersRound },
    { place: "bills", label: o().bills, more: o().billsMore, mark: ReceiptText },
  ];
  const ofHome = home
    ? places
        .filter(({ place }) => opens(home, place))
        .map(({ place, ...shown }) => ({ ...shown, href: `/homes/${home.id}/${place}` }))
    : [];
  return (
    <section class="stack tight">
      <h2>{o().home}</h2>
      <Menu of={[...ofHome, { href: "/apply", label: o().applyTo, mark: Plus }]} />
    </section>
  );
}

const LOOKS: Look[] = ["device", "light", "dark"];

/** Both change at once. The language is told to the account too, for its mails. */
function Shown() {
  const tellAccount = useChange({
    send: (wanted: Language) => data(api.PATCH("/v1/me", { body: { language: wanted } })),
  });
  const choose = (wanted: Language) => {
    speak(wanted);
    tellAccount.mutate(wanted);
  };
  return (
    <Card title={o().shown}>
      <SelectField
        label={o().speaks}
        hint={o().speaksMore}
        value={language.value}
        onValue={(value) => choose(value as Language)}
        options={[
          { value: "ja", label: o().japanese },
          { value: "en", label: o().english },
        ]}
      />
      <Trouble of={tellAccount.error} />
      <SelectField
        label={o().looks}
        hint={o().looksMore}
        value={look.value}
        onValue={(value) => wear(value as Look)}
        options={LOOKS.map((value) => ({ value, label: o()[value] }))}
      />
    </Card>
  );
}

function Leaving() {
  const { route } = useLocation();
  const sure = useSure();
  const gone = () => {
    tell(o().left);
    route("/sign-in", true);
  };
  const leave = useChange({ send: () => signOut(), done: gone });
  const everywhere = useChange({
    send: async (_: null, once) => {
      await data(api.POST("/v1/sessions/end", { params: { header: key(once) } }));
      await signOut(); // the cookie goes too
    },
    done: gone,
  });
  return (
    <section class="stack tight">
      <Button wide busy={leave.isPending} onClick={() => leave.mutate(undefined)}>
        <LogOut size={20} aria-hidden /> {o().leave}
      </Button>
      <Button
        kind="quiet"
        onClick={() =>
          sure.ask({
            title: o().leaveAllSure,
            children: o().leaveAllMore,
            label: o().leaveAllYes,
            onYes: () => everywhere.mutateAsync(null),
          })
        }
      >
        {o().leaveAll}
      </Button>
      {sure.dialog}
    </section>
  );
}
