// What happened that no mail and no calendar tells: the API has no sentence for it, only its kind.
import { words } from "~/base/words";
import { spoken } from ".";

const happened = words(
  {
    account_used: "ログインしました",
    alert_opened: "見守りのお知らせが出ました",
    consent_repeated: "同意をもう一度いただきました",
    device_claimed: "機器をつなぎました",
    device_gone: "機器がこの契約から離れました",
    history_erased: "記録を消しました",
    invitation_revoked: "招待を取り消しました",
    invited: "招待しました",
    member_joined: "招待された方が加わりました",
    member_left: "見ていた方が抜けました",
    member_moved: "見ていた方のメールアドレスが変わりました",
    member_removed: "見ていた方を外しました",
    metering_failed: "計測の不具合がありました",
    month_given_back: "1か月分をお返しします",
    put_before_operator: "事務の判断に回りました",
    relation_allowed: "離れたご関係の方の招待を認めました",
    settings_changed: "設定が変わりました",
    task_finished: "対応が済みました",
    usage_recorded: "利用量を記録しました",
    wish_asked: "機器の操作を頼みました",
  },
  {
    account_used: "Somebody signed in",
    alert_opened: "An alert opened",
    consent_repeated: "A consent was given once more",
    device_claimed: "A device was connected",
    device_gone: "A device left this contract",
    history_erased: "Records were erased",
    invitation_revoked: "An invitation was taken back",
    invited: "Somebody was invited",
    member_joined: "Whoever was invited has come",
    member_left: "Somebody who could look has left",
    member_moved: "Somebody who can look has another e-mail address",
    member_removed: "Somebody who could look was let out",
    metering_failed: "The meter failed",
    month_given_back: "A month's price is given back",
    put_before_operator: "It was put before the office",
    relation_allowed: "An invitation of a distant relation was allowed",
    settings_changed: "Settings were changed",
    task_finished: "A task is done",
    usage_recorded: "Use was recorded",
    wish_asked: "A device was asked for something",
  },
);

export const happenedName = (kind: string) => spoken(happened(), kind);
