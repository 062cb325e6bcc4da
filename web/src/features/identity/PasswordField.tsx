import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { t } from "../../shared/i18n/start";
import { IconButton } from "../../shared/ui/Button";
import { TextField } from "../../shared/ui/TextField";

export interface PasswordFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete: "current-password" | "new-password";
}

/** A password, which can be looked at while it is typed. */
export function PasswordField(props: PasswordFieldProps) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <TextField
      {...props}
      name="password"
      type={shown ? "text" : "password"}
      trailing={
        <IconButton
          aria-label={t(shown ? "signIn.hidePassword" : "signIn.showPassword")}
          onPress={() => setShown((now) => !now)}
        >
          <Icon aria-hidden className="size-5" />
        </IconButton>
      }
    />
  );
}
