// The people of a contract: who may see it, who is told. Roles in words; names only where the API gives them.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import { said, words } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Card, Chip, Empty } from "~/parts/basics";
import { dayOr } from "../../parts/contract-cells";
import { DataTable } from "../../parts/table";
import { spoken, w } from "../../words";

const t = words(
  {
    members: "この契約を見られる人",
    told: "お知らせが届く人",
    role: "役割",
    sees: "見守りの様子も見る",
    none: "まだだれもいません。",
    yes: "はい",
    no: "いいえ",
  },
  {
    members: "Who may see this contract",
    told: "Who is told of alerts",
    role: "Role",
    sees: "Sees how the home is",
    none: "Nobody yet.",
    yes: "Yes",
    no: "No",
  },
);

const roles = words(
  {
    contractor: "契約者",
    applicant: "申込者",
    family: "ご家族",
    watched: "ご本人",
    payer: "お支払いの方",
    care_manager: "ケアマネジャー",
    dealer: "販売店",
    maintainer: "保守会社",
  },
  {
    contractor: "Holder",
    applicant: "Applicant",
    family: "Family",
    watched: "Watched person",
    payer: "Payer",
    care_manager: "Care manager",
    dealer: "Dealer",
    maintainer: "Maintainer",
  },
);

export const roleName = (role: string) => spoken(roles(), role);

type Member = { member: string; role: string; since?: string; sees_data?: boolean; label?: { ja: string; en: string } };
type Person = { person: string; name?: string; role?: string };

export function Who({ id }: { id: string }) {
  const params = { path: { contract: id } };
  const members = useQuery({
    queryKey: ["people", id, "members"],
    queryFn: () => data(api.GET("/v1/contracts/{contract}/members", { params })),
  });
  const people = useQuery({
    queryKey: ["people", id],
    queryFn: () => data(api.GET("/v1/contracts/{contract}/people", { params })),
  });
  return (
    <div class="stack">
      <Card title={t().members}>
        <Answer of={members}>
          {(page) => (
            <DataTable<Member>
              label={t().members}
              rows={{ data: page.items as unknown as Member[] }}
              keyOf={(one) => one.member}
              columns={[
                { head: t().role, cell: (one) => said(one.label) || roleName(one.role) },
                { head: w().since, cell: (one) => dayOr(one.since) },
                { head: t().sees, cell: (one) => <Chip>{one.sees_data ? t().yes : t().no}</Chip> },
              ]}
              empty={<p>{t().none}</p>}
            />
          )}
        </Answer>
      </Card>
      <Card title={t().told}>
        <Answer of={people}>
          {(page) =>
            page.items.length ? (
              <ul class="stack tight">
                {(page.items as unknown as Person[]).map((one) => (
                  <li key={one.person}>{one.name || one.person}</li>
                ))}
              </ul>
            ) : (
              <Empty>{t().none}</Empty>
            )
          }
        </Answer>
      </Card>
    </div>
  );
}
