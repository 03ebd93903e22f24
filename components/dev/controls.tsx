import { Badge, StatusBadge, statuses, tones, type AnyStatus, type Tone } from '../ui/badge'
import { Button, sizes, variants, type ButtonLook } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { CheckboxField } from '../ui/checkbox-field'
import { SelectField } from '../ui/select-field'
import { TextAreaField } from '../ui/text-area-field'
import { TextField } from '../ui/text-field'
import { Icon, paths, type IconName } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import { Mark } from '../ui/mark'
import { SingleKeysSwitch } from '../ui/single-keys-switch'
import { Row, Shelf } from './shelf'

const keysOf = <K extends string>(named: Record<K, unknown>) => Object.keys(named) as K[]
const wrong = 'Say at most 4,096 characters.'

/** What is pressed, filled in or only said: buttons, fields, badges, icons. */
export function Controls() {
  return (
    <>
      <Shelf title="Buttons">
        {keysOf<NonNullable<ButtonLook['variant']>>(variants).map((variant) => (
          <Row key={variant}>
            {keysOf<NonNullable<ButtonLook['size']>>(sizes).map((size) => (
              <Button key={size} variant={variant} size={size}>
                {variant} {size}
              </Button>
            ))}
            <Button variant={variant} disabled>
              disabled
            </Button>
            <Button variant={variant} isBusy busyLabel="Busy…">
              busy
            </Button>
            <Button variant={variant}>
              key <Kbd>A</Kbd>
            </Button>
          </Row>
        ))}
        <Row>
          <CopyButton text="copied" />
          <CopyButton text="copied" label="Copy the id" isIconOnly />
        </Row>
      </Shelf>
      <Shelf title="Fields">
        <TextField label="Name" placeholder="Production" hint="Shown in the audit log." />
        <TextField label="Name" isOptional defaultValue="Production" disabled />
        <TextField label="Name" defaultValue="x" error="Use 2 to 80 characters." />
        <TextAreaField label="Reason" defaultValue={'Wrong amount.\nSee the ticket.'} error={wrong} />
        <SelectField label="Role" hint="What the person may do.">
          <option>reviewer</option>
          <option>viewer</option>
        </SelectField>
        <SelectField label="Role" error="Choose a role." disabled>
          <option>reviewer</option>
        </SelectField>
        <CheckboxField label="Run" hint="Asks for approvals and records runs." defaultChecked />
        <CheckboxField label="Deploy" error="A key with run and deploy may change its own policy." />
        <SingleKeysSwitch />
      </Shelf>
      <Shelf title="Badges">
        <Row>
          {keysOf<AnyStatus>(statuses).map((status) => (
            <StatusBadge key={status} status={status} />
          ))}
        </Row>
        <Row>
          {keysOf<Tone>(tones).map((tone) => (
            <Badge key={tone} tone={tone} icon="note">
              {tone}
            </Badge>
          ))}
        </Row>
      </Shelf>
      <Shelf title="Icons">
        <Row>
          <Mark className="size-8" />
          {keysOf<IconName>(paths).map((name) => (
            <span key={name} title={name}>
              <Icon name={name} />
            </span>
          ))}
        </Row>
      </Shelf>
    </>
  )
}
