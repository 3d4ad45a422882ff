import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/shell.css";
import { render } from "preact";
import { App } from "./app";
import { wear } from "./base/look";
import { follow, language } from "./base/words";

follow(language.value);
wear();
render(<App />, document.getElementById("app") as HTMLElement);
if (import.meta.env.PROD) navigator.serviceWorker?.register("/sw.js");
