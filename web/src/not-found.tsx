import { common } from "./base/common";
import { ButtonLink, Empty } from "./parts/basics";
import { Screen } from "./parts/screen";

export function NotFound() {
  return (
    <Screen title={common().notFound}>
      <Empty>
        <p>{common().notFoundMore}</p>
        <ButtonLink kind="main" href="/">
          {common().toToday}
        </ButtonLink>
      </Empty>
    </Screen>
  );
}
