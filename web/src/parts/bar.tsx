// Where one can go: five places under the thumb on a phone, all of them beside the content on a desk.
import {
  Bell,
  CalendarDays,
  FileText,
  House,
  type LucideIcon,
  ReceiptText,
  SlidersHorizontal,
  UserRound,
  UsersRound,
  Wrench,
} from "lucide-preact";
import { useLocation } from "preact-iso";
import { isOperator } from "~/api/session";
import { opens, useHomeId, useHomes } from "~/base/homes";
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

const ON_A_PHONE = 5;

export function Bar() {
  const { path } = useLocation();
  const home = useHomeId();
  const known = useHomes().data?.find((one) => one.id === home);
  const count = useNow(home).data?.open_alerts;
  // Of a home that is known, only what is open to whoever looks.
  const of = (screen: string, label: string, mark: LucideIcon, more: object = {}) => ({
    href: `/homes/${home}/${screen}`,
    label,
    mark,
    here: path.startsWith(`/homes/${home}/${screen}`) || (screen === "days" && path.startsWith(`/homes/${home}/months`)),
    shown: !!home && (!known || opens(known, screen)),
    ...more,
  });
  const places: Place[] = [
    { href: "/", label: w().today, mark: House, here: path === "/" || path === `/homes/${home}`, shown: true },
    of("days", w().days, CalendarDays),
    of("alerts", w().alerts, Bell, { count }),
    of("wishes", w().wishes, SlidersHorizontal, { wide: true }),
    of("people", w().people, UsersRound, { wide: true }),
    of("contract", w().contract, FileText),
    of("bills", w().bills, ReceiptText, { wide: true }),
    { href: "/account", label: w().account, mark: UserRound, here: path.startsWith("/account"), shown: true },
    {
      href: "/console",
      label: w().console,
      mark: Wrench,
      here: path.startsWith("/console"),
      wide: true,
      shown: isOperator.value,
    },
  ];
  const shown = places.filter((place) => place.shown);
  const thumbs = underTheThumb(shown);
  return (
    <nav class="bar no-print" aria-label={w().places}>
      {shown.map((place) => {
        const { href, label, mark: Mark, here, count } = place;
        return (
          <a key={label} href={href} class={thumbs.has(place) ? "" : "only-wide"} aria-current={here ? "page" : undefined}>
            <Mark size={24} aria-hidden />
            {label}
            {count ? (
              <span class="count number">
                {count}
                <span class="unseen"> {w().open(count)}</span>
              </span>
            ) : null}
          </a>
        );
      })}
    </nav>
  );
}

type Place = { href: string; label: string; mark: LucideIcon; here: boolean; shown: boolean; wide?: boolean; count?: number };

/** What a phone shows: what is looked at daily, and from the end of the rest as much as there is room. */
function underTheThumb(shown: Place[]): Set<Place> {
  const daily = shown.filter((place) => !place.wide);
  const rest = shown.filter((place) => place.wide && place.href !== "/console").toReversed();
  return new Set([...daily, ...rest.slice(0, Math.max(0, ON_A_PHONE - daily.length))]);
}
