import { useHomes } from "~/base/homes";
import { Answer } from "~/parts/answer";
import { Card } from "~/parts/basics";
import { Screen } from "~/parts/screen";

export function Today() {
  const homes = useHomes();
  return (
    <Screen title="今日">
      <Answer of={homes}>
        {(all) => (
          <div class="stack">
            {all.map((home) => (
              <Card key={home.id} title={home.service}>
                {home.state}
              </Card>
            ))}
          </div>
        )}
      </Answer>
    </Screen>
  );
}
