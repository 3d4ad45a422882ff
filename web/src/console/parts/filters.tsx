// What a list is narrowed to: choices that stand in the address, so that a link or a reload shows the same.
import { useLocation } from "preact-iso";
import { SelectField } from "~/parts/fields";
import { w } from "../words";

/** The value of a filter in the address ("" where none), and how to set it. */
export function useFilter(name: string): [string, (value: string) => void] {
  const { path, query, route } = useLocation();
  const set = (value: string) => {
    const { [name]: _gone, ...others } = query;
    const asked = new URLSearchParams(value ? { ...others, [name]: value } : others).toString();
    route(asked ? `${path}?${asked}` : path, true);
  };
  return [query[name] ?? "", set];
}

type Choice = { value: string; label: string };

export function Filter({
  label,
  value,
  onValue,
  of,
}: {
  label: string;
  value: string;
  onValue: (value: string) => void;
  of: Choice[];
}) {
  return <SelectField label={label} value={value} onValue={onValue} options={[{ value: "", label: w().all }, ...of]} />;
}
