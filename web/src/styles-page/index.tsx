// Every part in every state, and the visual language with its contrast as measured here: what a change of a token does is seen at once.
import { Bell, House } from "lucide-preact";
import { useState } from "preact/hooks";
import { Problem } from "~/api/problem";
import { type Look, look, wear } from "~/base/look";
import { language, speak } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Banner, Button, ButtonLink, Card, Chip, Empty, Facts } from "~/parts/basics";
import { useSure } from "~/parts/dialog";
import { RadioField, SelectField, TextArea, TextField, TickField } from "~/parts/fields";
import { Trouble } from "~/parts/form";
import { Menu, Tabs } from "~/parts/menu";
import { Screen } from "~/parts/screen";
import { Switch } from "~/parts/switch";
import { tell } from "~/parts/toast";
import { Colours } from "./colours";
import { w } from "./words";

export default function Styles() {
  return (
    <Screen title={w().title}>
      <div class="stack wide">
        <Switches />
        <Colours />
        <Type />
        <Buttons />
        <Fields />
        <Says />
        <Lists />
        <Waiting />
        <Dialogs />
      </div>
    </Screen>
  );
}

function Switches() {
  const looks: Look[] = ["device", "light", "dark"];
  return (
    <div class="row">
      <Tabs
        label={w().look}
        value={look.value}
        onValue={(value) => wear(value as Look)}
        of={looks.map((value) => ({ value, label: w()[value] }))}
      />
      <Button small onClick={() => speak(language.value === "ja" ? "en" : "ja")}>
        {w().other}
      </Button>
    </div>
  );
}

function Type() {
  return (
    <Card title={w().type}>
      <p class="title">
        <strong>{w().sample} · h1</strong>
      </p>
      <h2>{w().sample} · h2</h2>
      <h3>{w().sample} · h3</h3>
      <p>{w().longer}</p>
      <p class="soft">{w().longer}</p>
      <p class="soft small number">{w().sample} 1,234,567</p>
    </Card>
  );
}

function Buttons() {
  return (
    <Card title={w().buttons}>
      <div class="row">
        <Button kind="main">{w().main}</Button>
        <Button>{w().plain}</Button>
        <Button kind="quiet">{w().quiet}</Button>
        <Button kind="danger">{w().danger}</Button>
        <Button kind="danger main">{w().danger}</Button>
        <Button small>{w().small}</Button>
        <Button round aria-label={w().plain}>
          <Bell size={22} aria-hidden />
        </Button>
        <Button disabled>{w().disabled}</Button>
        <Button kind="main" busy>
          {w().busy}
        </Button>
        <ButtonLink href="/styles">{w().link}</ButtonLink>
      </div>
      <Button kind="main" wide>
        {w().long}
      </Button>
    </Card>
  );
}

function Fields() {
  const [text, setText] = useState("");
  const [choice, setChoice] = useState("a");
  const [ticked, setTicked] = useState(true);
  const options = [
    { value: "a", label: w().optionA, price: "1,980", more: w().longer },
    { value: "b", label: w().optionB, price: "12,345" },
    { value: "c", label: w().disabled, disabled: true },
  ];
  return (
    <Card title={w().fields}>
      <TextField label={w().field} hint={w().hint} value={text} onValue={setText} needed />
      <TextField label={w().field} value={text} onValue={setText} wrong={w().wrong} optional />
      <TextField label={w().disabled} value={w().sample} onValue={setText} disabled />
      <SelectField label={w().select} value={choice} onValue={setChoice} options={options} />
      <TextArea label={w().area} value={text} onValue={setText} />
      <RadioField label={w().radio} value={choice} onValue={setChoice} options={options} needed />
      <RadioField label={w().radio} value="" onValue={setChoice} options={options.slice(0, 2)} wrong={w().wrong} />
      <TickField label={w().tick} more={w().longer} checked={ticked} onChecked={setTicked} />
      <TickField label={w().tick} checked={false} onChecked={setTicked} wrong={w().wrong} />
      <Switch label={w().off} on={false} onChange={() => undefined} />
      <Switch label={w().switched} on onChange={() => undefined} />
      <Switch label={w().switched} on busy onChange={() => undefined} />
      <div class="stack tight">
        <Switch label={w().resting} on resting="resting" onChange={() => undefined} />
        <span id="resting">
          <Chip>{w().hint}</Chip>
        </span>
      </div>
    </Card>
  );
}

function Says() {
  const refused = new Problem(409, "refused", w().refusedTitle, w().longer, w().cure, "", "");
  return (
    <Card title={w().says}>
      <div class="row">
        <Chip>{w().plain}</Chip>
        <Chip tone="good">{w().good}</Chip>
        <Chip tone="care">{w().care}</Chip>
        <Chip tone="alarm">{w().alarm}</Chip>
        <Chip tone="info">{w().info}</Chip>
      </div>
      <Banner tone="good" title={w().good}>
        {w().longer}
      </Banner>
      <Banner tone="care" title={w().care}>
        {w().longer}
      </Banner>
      <Banner tone="alarm" title={w().alarm}>
        {w().longer}
      </Banner>
      <Banner>{w().longer}</Banner>
      <Trouble of={refused} />
      <Trouble of={new Problem(0, "no_answer", "", "", "")} />
      <Trouble of={new Error("ours")} />
    </Card>
  );
}

function Lists() {
  return (
    <Card title={w().lists}>
      <Facts
        of={[
          [w().field, w().sample],
          [w().select, "96,529"],
          [w().longName, w().longer],
        ]}
      />
      <Menu
        of={[
          { href: "/styles#one", label: w().sample, more: w().longer, mark: House },
          { href: "/styles#two", label: w().longName },
        ]}
      />
      <Empty mark={<House size={32} aria-hidden />}>
        <p>{w().empty}</p>
        <Button kind="main">{w().main}</Button>
      </Empty>
    </Card>
  );
}

function Waiting() {
  const nothing = { refetch: () => undefined, isFetching: false, error: null, isPending: true };
  return (
    <Card title={w().waiting}>
      <div data-sample>
        <Answer of={nothing}>{() => null}</Answer>
      </div>
      <Answer of={{ ...nothing, error: new Problem(503, "unavailable", w().refusedTitle, w().longer, w().cure) }}>
        {() => null}
      </Answer>
    </Card>
  );
}

function Dialogs() {
  const sure = useSure();
  const ask = (danger: boolean) =>
    sure.ask({ title: w().sure, children: w().longer, label: w().main, danger, onYes: async () => tell(w().done) });
  return (
    <Card title={w().dialogs}>
      <div class="row">
        <Button onClick={() => ask(false)}>{w().open}</Button>
        <Button kind="danger" onClick={() => ask(true)}>
          {w().danger}
        </Button>
        <Button onClick={() => tell(w().done)}>{w().toast}</Button>
      </div>
      {sure.dialog}
    </Card>
  );
}
