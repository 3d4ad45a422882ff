// The words of the doors that load with the app: signing in, and signing in again.
import { words } from "~/base/words";

export const w = words(
  {
    signIn: "ログイン",
    welcome: "離れて暮らす家族の毎日を、そっと見守ります。",
    email: "メールアドレス",
    password: "パスワード",
    forgotten: "パスワードをお忘れの方",
    signUp: "はじめての方(登録)",
    apply: "サービスを見る・申し込む",
    newPassword: "新しいパスワード",
    newPasswordWhy: "はじめてのログインです。ご自分のパスワードを決めてください。",
    expiredTitle: "もう一度ログインしてください",
    expiredMore: "しばらく操作がなかったため、ログアウトしました。入力中の内容は残っています。",
    language: "English",
    needEmail: "メールアドレスを入力してください。",
    needPassword: "パスワードを入力してください。",
  },
  {
    signIn: "Sign in",
    welcome: "Watching over the daily life of family who live apart.",
    email: "E-mail address",
    password: "Password",
    forgotten: "Forgotten your password?",
    signUp: "New here? Sign up",
    apply: "See the services and apply",
    newPassword: "New password",
    newPasswordWhy: "This is your first time here. Please choose a password of your own.",
    expiredTitle: "Please sign in again",
    expiredMore: "Nothing happened for a while, so you were signed out. What you typed is still here.",
    language: "日本語",
    needEmail: "Please enter your e-mail address.",
    needPassword: "Please enter your password.",
  },
);
