// Where an operator can go: one list for the rail, the palette and the keys.
import {
  CalendarClock,
  CircuitBoard,
  FileInput,
  FileText,
  FlaskConical,
  Gauge,
  Inbox,
  Megaphone,
  MessageSquareWarning,
  MoonStar,
  Package,
  Scale,
  ScrollText,
  TrendingDown,
} from "lucide-preact";
import { w } from "./words";

export type Place = { href: string; key: string; mark: typeof Gauge; name: () => string };

export const places: Place[] = [
  { href: "/console", key: "s", mark: Gauge, name: () => w().start },
  { href: "/console/applications", key: "a", mark: Inbox, name: () => w().applications },
  { href: "/console/work", key: "w", mark: CalendarClock, name: () => w().work },
  { href: "/console/contracts", key: "c", mark: FileText, name: () => w().contracts },
  { href: "/console/nights", key: "n", mark: MoonStar, name: () => w().nights },
  { href: "/console/arrears", key: "r", mark: TrendingDown, name: () => w().arrears },
  { href: "/console/announcements", key: "b", mark: Megaphone, name: () => w().announcements },
  { href: "/console/imports", key: "i", mark: FileInput, name: () => w().imports },
  { href: "/console/fleet", key: "f", mark: CircuitBoard, name: () => w().fleet },
  { href: "/console/stock", key: "o", mark: Package, name: () => w().stock },
  { href: "/console/set-aside", key: "m", mark: MessageSquareWarning, name: () => w().setAside },
  { href: "/console/terms", key: "t", mark: Scale, name: () => w().terms },
  { href: "/console/audit", key: "l", mark: ScrollText, name: () => w().audit },
  { href: "/console/playground", key: "p", mark: FlaskConical, name: () => w().playground },
];

/** Whether this place is where one is: the start only itself, the others with what is under them. */
export const isHere = (place: Place, path: string) =>
  path === place.href || (place.href !== "/console" && path.startsWith(`${place.href}/`));
