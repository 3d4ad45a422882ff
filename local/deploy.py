"""`make deploy STAGE=…`: package and web app into an AWS account, real or embedded: code to S3, template to CloudFormation.

Nothing is replaced behind your back: a change set is made, and carried out only when CloudFormation accepted it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local import app_files, keys, web
from local.package import REGION, package
from local.trouble import Trouble, told

Client = Callable[[str], Any]  # service name → boto3 client
_CHANGE_S = 1800.0


def deploy(stage: str, built: Path, client: Client, parameters: Mapping[str, str], *, pause: float = 3.0) -> dict[str, str]:
    """Makes or changes the stack `mimamori-<stage>`; returns its outputs. Raises Trouble with CloudFormation's reason."""
    bucket = _bucket(stage, client)
    zipped = built / "deployment.zip"
    code = f"{hashlib.sha256(zipped.read_bytes()).hexdigest()}.zip"
    _upload(client("s3"), bucket, code, zipped.read_bytes())
    template = json.loads((built / "sam.json").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": code}
    body = json.dumps(template, separators=(",", ":")).encode()
    name = f"{hashlib.sha256(body).hexdigest()}.json"
    _upload(client("s3"), bucket, name, body)
    known = {key: value for key, value in parameters.items() if key in template["Parameters"]}
    location = f"{client('s3').meta.endpoint_url.rstrip('/')}/{bucket}/{name}"
    outputs = _carry_out(client("cloudformation"), f"mimamori-{stage}", location, known, pause)
    _switch_on_expiry(client("dynamodb"), stage, template)
    return outputs


def _bucket(stage: str, client: Client) -> str:
    account = client("sts").get_caller_identity()["Account"]
    s3 = client("s3")
    name = f"mimamori-{stage}-code-{account}"
    try:
        s3.head_bucket(Bucket=name)
    except ClientError as fault:
        if fault.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
        s3.put_public_access_block(
            Bucket=name,
            PublicAccessBlockConfiguration=dict.fromkeys(
                ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
            ),
        )
    return name


def _upload(s3: Any, bucket: str, key: str, body: bytes) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        s3.put_object(Bucket=bucket, Key=key, Body=body)


def _carry_out(cloud: Any, stack: str, location: str, parameters: Mapping[str, str], pause: float) -> dict[str, str]:
    status = _status(cloud, stack)
    if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED"):
        raise Trouble(f"The stack {stack} failed when it was first made.", "Delete it in CloudFormation, then deploy again.")
    kind = "CREATE" if status in ("", "REVIEW_IN_PROGRESS") else "UPDATE"
    change = f"change-{int(time.time() * 1000)}"
    cloud.create_change_set(
        StackName=stack,
        ChangeSetName=change,
        ChangeSetType=kind,
        TemplateURL=location,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    if _accepted(cloud, stack, change, pause):
        cloud.execute_change_set(StackName=stack, ChangeSetName=change)
        _wait_until_done(cloud, stack, pause)
    return _outputs(cloud, stack)


def _outputs(cloud: Any, stack: str) -> dict[str, str]:
    """What the stack says of itself; nothing where there is none yet."""
    if not _status(cloud, stack):
        return {}
    found = cloud.describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def _status(cloud: Any, stack: str) -> str:
    try:
        return str(cloud.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
    except ClientError as fault:
        if "does not exist" in str(fault):
            return ""
        raise


def _accepted(cloud: Any, stack: str, change: str, pause: float) -> bool:
    """Waits for the change set; False when nothing would change."""
    until = time.monotonic() + _CHANGE_S
    while time.monotonic() < until:
        found = cloud.describe_change_set(StackName=stack, ChangeSetName=change)
        if found["Status"] == "CREATE_COMPLETE":
            return True
        if found["Status"] == "FAILED":
            reason = found.get("StatusReason", "no reason given")
            cloud.delete_change_set(StackName=stack, ChangeSetName=change)
            if "didn't contain changes" in reason or "No updates" in reason:
                return False
            raise Trouble(f"CloudFormation refuses the template: {reason}", "Cure infra/ and deploy again.")
        time.sleep(pause)
    raise Trouble(f"CloudFormation is still looking at the change {change}.", "See the stack in CloudFormation.")


def _wait_until_done(cloud: Any, stack: str, pause: float) -> None:
    until = time.monotonic() + _CHANGE_S
    while time.monotonic() < until:
        status = _status(cloud, stack)
        if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return
        if status.endswith(("ROLLBACK_COMPLETE", "_FAILED")):
            events = cloud.describe_stack_events(StackName=stack)["StackEvents"]
            failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
            first = failed[-1] if failed else {}
            what = f"{first.get('LogicalResourceId', stack)}: {first.get('ResourceStatusReason', status)}"
            raise Trouble(f"CloudFormation could not carry it out. {what}", "Cure that and deploy again.")
        time.sleep(pause)
    raise Trouble(f"The stack {stack} is still changing.", "See the stack in CloudFormation.")


def _switch_on_expiry(dynamodb: Any, stage: str, template: Mapping[str, Any]) -> None:
    """Rows that expire: CloudFormation sees to it on AWS; the embedded one forgets it."""
    for resource in template["Resources"].values():
        wanted = resource.get("Properties", {}).get("TimeToLiveSpecification")
        if resource["Type"] != "AWS::DynamoDB::Table" or not wanted:
            continue
        table = resource["Properties"]["TableName"]["Fn::Sub"].replace("${Stage}", stage)
        now = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"]
        if now == "DISABLED":
            dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=wanted)


def deploy_app(
    stage: str, built: Path, dist: Path, client: Client, given: Mapping[str, str], *, pause: float = 3.0
) -> dict[str, str]:
    """The whole system with its web app; returns the stack's outputs.

    Links lead to the app, and its pages may call the API: where nobody says another address, that is the distribution's,
    which is known only once it was made. So the first deployment is followed by a second one that tells the functions.
    """
    known = _outputs(client("cloudformation"), f"mimamori-{stage}")
    outputs = deploy(stage, built, client, {**_addresses(known), **given}, pause=pause)
    if _addresses(outputs) != _addresses(known) and not given.keys() >= _addresses(outputs).keys():
        outputs = deploy(stage, built, client, {**_addresses(outputs), **given}, pause=pause)
    app_files.upload(dist, outputs["AppBucketName"], outputs["AppDistributionId"], client)
    return outputs


def _addresses(outputs: Mapping[str, str]) -> dict[str, str]:
    """The parameters that follow from where the app is."""
    return dict.fromkeys(("PublicUrl", "AllowedOrigins"), outputs["AppUrl"]) if "AppUrl" in outputs else {}


@told
def main() -> int:
    parser = argparse.ArgumentParser(prog="make deploy", description=__doc__)
    parser.add_argument("stage")
    stage = parser.parse_args().stage
    if stage == "local":
        raise Trouble("The stage local is deployed by `make run`.", "Say another STAGE, such as prod.")
    import boto3

    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or REGION
    names = {"AllowedOrigins": "ALLOWED_ORIGINS", "MailFrom": "MAIL_FROM", "PublicUrl": "PUBLIC_URL", "AlarmMail": "ALARM_MAIL"}
    names |= {"CodesThrough": "CODES_THROUGH", "SessionDays": "SESSION_DAYS"}
    names |= {"AppDomain": "APP_DOMAIN", "AppCertificate": "APP_CERTIFICATE"}
    parameters = {key: os.environ[name] for key, name in names.items() if os.environ.get(name)}
    try:
        session = boto3.Session(region_name=region)
        outputs = deploy_app(stage, package(stage), web.build(), session.client, parameters)
        keys.make(stage, session.client)
    except (BotoCoreError, ClientError) as fault:
        raise Trouble(f"AWS said: {fault}", "Check the credentials, their rights and the region (AWS_REGION).") from None
    for name, value in sorted(outputs.items()):
        print(f"{name:20} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
