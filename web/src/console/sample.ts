// The scenario that the playground begins with: a life with a service, and what should come of it.
export const sample = `scenario: first-months
title: Begins on the 20th, ends after the winter
cites: [STN-STA-1]
service: sottonet
timeline:
  - {at: "2026-04-03T10:00", do: apply, contract: c1, plan: standard, payment_method: card}
  - {day: "2026-04-10", do: install, contract: c1}
  - {day: "2026-06-05", do: request_cancellation, contract: c1}
until: "2026-08-01"
expect:
  contracts: {c1: {state: ended}}
`;
