// Where one can go: five places under the thumb on a phone, all of them beside the content on a desk.
import {
  Bell,
  CalendarDays,
  FileText,
  House,
  ReceiptText,
  SlidersHorizontal,
  UserRound,
  UsersRound,
  Wrench,
} from "lucide-preact";
import { useLocation } from "preact-iso";
import { isOperator } from "~/api/session";
import { useHomeId } from "~/base/homes";
import { useNow } from "~/base/now";
import { words } from "~/base/words";

const w = words(
  {
    places: "メニュー",
    today: "今日",
    days: "記録",
    alerts: "お知らせ",
    wishes: "操作",
    people: "家族",
    contract: "契約",
    bills: "請求",
    account: "設定",
    console: "事務",
    open: (count: number) => `未対応 ${count}件`,
  },
  {
    places: "Menu",
    today: "Today",
    days: "Days",
    alerts: "Alerts",
    wishes: "Wishes",
    people: "People",
    contract: "Contract",
    bills: "Bills",
    account: "Account",
    console: "Console",
    open: (count: number) => `${count} open`,
  },
);

export function Bar() {
  const { path } = useLocation();
  const home = useHomeId();
  const open = useNow(home).data?.open_alerts;
  const at = (place: string) => (home ? `/homes/${home}${place}` : "/");
  const inside = (place: string) => path.startsWith(`/homes/${home}${place}`);
  const places = [
    { href: "/", label: w().today, mark: House, here: path === "/" || path === `/homes/${home}` },
    { href: at("/days"), label: w().days, mark: CalendarDays, here: inside("/days") || inside("/months"), home },
    { href: at("/alerts"), label: w().alerts, mark: Bell, here: inside("/alerts"), count: open, home },
    { href: at("/wishes"), label: w().wishes, mark: SlidersHorizontal, here: inside("/wishes"), wide: true, home },
    { href: at("/people"), label: w().people, mark: UsersRound, here: inside("/people"), wide: true, home },
    { href: at("/contract"), label: w().contract, mark: FileText, here: inside("/contract"), home },
    { href: at("/bills"), label: w().bills, mark: ReceiptText, here: inside("/bills"), wide: true, home },
    { href: "/account", label: w().account, mark: UserRound, here: path.startsWith("/account") },
    {
      href: "/console",
      label: w().console,
      mark: Wrench,
      here: path.startsWith("/console"),
      wide: true,
      home: isOperator.value,
    },
  ];
  return (
    <nav class="bar no-print" aria-label={w().places}>
      {places
        .filter((place) => !("home" in place) || place.home)
        .map(({ href, label, mark: Mark, here, count, wide }) => (
          <a key={label} href={href} class={wide ? "only-wide" : ""} aria-current={here ? "page" : undefined}>
            <Mark size={24} aria-hidden />
            {label}
            {count ? (
              <span class="count number">
                {count}
                <span class="unseen"> {w().open(count)}</span>
              </span>
            ) : null}
          </a>
        ))}
    </nav>
  );
}
