import { common } from "~/base/common";
import { ButtonLink, Empty } from "~/parts/basics";
import { Page } from "../parts/page";
import { w } from "../words";

export function Nowhere() {
  return (
    <Page title={common().notFound}>
      <Empty>
        <ButtonLink kind="main" href="/console">
          {w().goTo(w().start)}
        </ButtonLink>
      </Empty>
    </Page>
  );
}
