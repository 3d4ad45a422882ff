"""The template that goes to CloudFormation: right by cfn-lint, in step with the code, least privilege, nothing unwatched."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pynamodb.attributes import TTLAttribute

from chalicelib.iot import house
from chalicelib.store.tables import MODELS, NAMES
from local.template import load
from local.trouble import Trouble

Resources = dict[str, Any]


def of_type(resources: Resources, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in resources.items():
        if resource["Type"] == kind:
            yield name, resource["Properties"]


def lint(template: Path) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).with_name("cfn-lint")), "-t", str(template), "-r", "ap-northeast-1"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_cfn_lint_finds_nothing(built: Path, tmp_path: Path) -> None:
    found = lint(built / "sam.json")
    assert found.returncode == 0, found.stdout
    wrong = tmp_path / "wrong.json"
    wrong.write_text((built / "sam.json").read_text().replace('"VisibilityTimeout"', '"VisibleTimeout"'))
    assert lint(wrong).returncode != 0, "cfn-lint must see a wrong property"


# --- tables ---


def keys(schema: list[dict[str, str]]) -> dict[str, str]:
    return {key["KeyType"]: key["AttributeName"] for key in schema}


@pytest.mark.parametrize(("name", "model"), list(zip(NAMES, MODELS, strict=True)), ids=NAMES)
def test_table_is_the_one_the_store_declares(resources: Resources, name: str, model: Any) -> None:
    tables = {table["TableName"]["Fn::Sub"]: table for _, table in of_type(resources, "AWS::DynamoDB::Table")}
    assert len(tables) == len(MODELS)
    table = tables[f"mimamori-${{Stage}}-{name}"]
    declared = model._get_schema()
    assert keys(table["KeySchema"]) == keys(declared["key_schema"])
    assert {
        index["IndexName"]: (keys(index["KeySchema"]), index["Projection"]) for index in table.get("GlobalSecondaryIndexes", [])
    } == {
        index["index_name"]: (keys(index["key_schema"]), index["projection"]) for index in declared["global_secondary_indexes"]
    }
    by_name = {attribute["AttributeName"]: attribute["AttributeType"] for attribute in declared["attribute_definitions"]}
    assert {attribute["AttributeName"]: attribute["AttributeType"] for attribute in table["AttributeDefinitions"]} == by_name
    expiry = [attribute.attr_name for attribute in model.get_attributes().values() if isinstance(attribute, TTLAttribute)]
    assert [table["TimeToLiveSpecification"]["AttributeName"]] == expiry if expiry else "TimeToLiveSpecification" not in table
    stream = getattr(model.Meta, "stream_view_type", None)
    assert table.get("StreamSpecification", {}).get("StreamViewType") == stream


def test_data_outlives_the_stack_and_can_be_restored(resources: Resources) -> None:
    for name, table in of_type(resources, "AWS::DynamoDB::Table"):
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}, name
        assert resources[name]["DeletionPolicy"] == resources[name]["UpdateReplacePolicy"] == "Retain", name


# --- functions, queues, schedules ---

DOORS = {
    "APIHandler",
    "Night",
    "NightWorker",
    "OutboxWorker",
    "ReadingsWorker",
    "AnswersWorker",
    "Tick",
    "TickWorker",
    "UrgentWorker",
    "ProvisioningHook",
}


def functions(resources: Resources) -> dict[str, dict[str, Any]]:
    return dict(of_type(resources, "AWS::Serverless::Function"))


def test_every_door_of_the_app_is_a_function_with_its_own_role_and_kept_logs(resources: Resources) -> None:
    found = functions(resources)
    assert set(found) == DOORS
    roles = [function["Role"]["Fn::GetAtt"][0] for function in found.values()]
    assert len(set(roles)) == len(roles)
    logs = {group["LogGroupName"]["Fn::Sub"]: group for _, group in of_type(resources, "AWS::Logs::LogGroup")}
    assert set(logs) == {f"/aws/lambda/{function['FunctionName']['Fn::Sub']}" for function in found.values()}
    assert all("RetentionInDays" in group for group in logs.values())


def test_workers_answer_for_each_message_and_lose_none(resources: Resources) -> None:
    sources = dict(of_type(resources, "AWS::Lambda::EventSourceMapping"))
    workers = {"NightWorker", "ReadingsWorker", "OutboxWorker", "AnswersWorker", "TickWorker"}
    assert {source["FunctionName"]["Ref"] for source in sources.values()} == workers
    for name, source in sources.items():
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
        origin, attribute = source["EventSourceArn"]["Fn::GetAtt"]
        if attribute == "StreamArn":
            assert source["DestinationConfig"]["OnFailure"]["Destination"], name
            continue
        queue = resources[origin]["Properties"]
        assert queue["RedrivePolicy"]["maxReceiveCount"] >= 3, name
        assert queue["VisibilityTimeout"] >= 6 * functions(resources)[source["FunctionName"]["Ref"]]["Timeout"], name


def test_nights_begin_ten_past_midnight_in_japan_and_say_for_which_day(resources: Resources) -> None:
    schedules = dict(of_type(resources, "AWS::Scheduler::Schedule"))
    night = schedules["NightSchedule"]
    assert (night["ScheduleExpression"], night["ScheduleExpressionTimezone"]) == ("cron(10 0 * * ? *)", "Asia/Tokyo")
    assert json.loads(night["Target"]["Input"]) == {"day": "<aws.scheduler.scheduled-time>"}
    assert "DeadLetterConfig" in night["Target"]
    beside = schedules["StatisticsSchedule"]["Target"]  # no invocation of the night: its alarm counts these
    assert beside["Arn"] == {"Fn::GetAtt": ["NightQueue", "Arn"]}
    assert json.loads(beside["Input"]) == {"kind": "statistics", "day": "<aws.scheduler.scheduled-time>"}
    assert schedules["TickSchedule"]["ScheduleExpression"] == "rate(5 minutes)"


def test_every_dead_letter_rings(resources: Resources) -> None:
    watched = json.dumps(dict(of_type(resources, "AWS::CloudWatch::Alarm")))
    for name, _ in of_type(resources, "AWS::SQS::Queue"):
        if "Dead" in name:
            assert f'"{name}", "QueueName"' in watched, name
    assert '"MetricName": "readings_unreadable"' in watched
    for name, alarm in of_type(resources, "AWS::CloudWatch::Alarm"):
        assert alarm["AlarmActions"] == [{"Ref": "Alarms"}], name


def test_the_settings_of_every_function_are_the_ones_the_app_reads(sam: dict[str, Any], root: Path) -> None:
    given = set(sam["Globals"]["Function"]["Environment"]["Variables"])
    read = set(re.findall(r'environ\.get\("([A-Z_]+)"', (root / "chalicelib" / "settings.py").read_text()))
    on_trial = {"TERMS_DIR"}  # terms files on trial, on one machine: what is deployed has its own
    assert given == read - {"AWS_REGION", "AWS_DEFAULT_REGION"} - on_trial


# --- least privilege ---

# Actions that name no resource in IAM.
WITHOUT_RESOURCE = {"iot:CreateKeysAndCertificate", "iot:DescribeEndpoint", "dynamodb:ListStreams", "sns:Publish"}


def statements(resources: Resources) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in of_type(resources, "AWS::IAM::Role"):
        assert "ManagedPolicyArns" not in role, name
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def test_roles_allow_named_actions_on_named_things(resources: Resources) -> None:
    for role, statement in statements(resources):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert not [action for action in actions if "*" in action], role
        assert not {"dynamodb:Scan", "dynamodb:DeleteTable"} & set(actions), role
        if statement["Resource"] == "*":
            assert set(actions) <= WITHOUT_RESOURCE, (role, actions)


def test_text_messages_go_to_telephones_and_never_to_a_topic(resources: Resources) -> None:
    publish = [(role, one["Effect"]) for role, one in statements(resources) if one["Action"] == "sns:Publish"]
    assert {role for role, _ in publish} == {"ApiRole", "OutboxWorkerRole", "TickRole"}
    for role in {role for role, _ in publish}:
        mine = [one for name, one in statements(resources) if name == role and one["Action"] == "sns:Publish"]
        assert [one["Effect"] for one in mine] == ["Allow", "Deny"], role
        assert mine[1]["Resource"] == {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"}, role


def test_only_the_api_and_the_sender_of_mail_reach_beyond_the_store(resources: Resources) -> None:
    beyond = {
        role
        for role, statement in statements(resources)
        if re.search(r"'(iot|ses):", str(statement["Action"]) + str([statement["Action"]]))
    }
    assert beyond == {"ApiRole", "OutboxWorkerRole", "TickRole", "TickWorkerRole", "ProvisioningRole"}


# --- people ---


def test_a_password_must_be_what_the_house_asks_of_it(resources: Resources) -> None:
    asked = resources["People"]["Properties"]["Policies"]["PasswordPolicy"]
    assert asked.pop("MinimumLength") == house.value("password_characters_min", date.max)
    assert asked == {"RequireLowercase": True, "RequireUppercase": True, "RequireNumbers": True, "RequireSymbols": False}


def test_a_session_and_its_cookie_end_together_and_nobody_learns_who_is_known(
    sam: dict[str, Any], resources: Resources
) -> None:
    clients = dict(of_type(resources, "AWS::Cognito::UserPoolClient"))
    assert len(clients) == 3
    for client in clients.values():
        assert client["RefreshTokenValidity"] == {"Ref": "SessionDays"}
        assert client["TokenValidityUnits"] == {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"}
        assert (client["IdTokenValidity"], client["PreventUserExistenceErrors"]) == (60, "ENABLED")
        assert client["EnableTokenRevocation"]
    assert sam["Globals"]["Function"]["Environment"]["Variables"]["SESSION_DAYS"] == {"Ref": "SessionDays"}


def test_the_mail_with_a_code_has_its_place_once(resources: Resources) -> None:
    words = resources["People"]["Properties"]["VerificationMessageTemplate"]
    assert words["EmailMessage"].count("{####}") == 1
    assert "確認コード" in words["EmailMessage"] and "six figures" in words["EmailMessage"]


# --- devices ---


def test_a_device_connects_as_itself_and_speaks_under_its_own_topic(resources: Resources) -> None:
    policy = resources["DevicePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert [(statement["Effect"], statement["Action"]) for statement in policy] == [
        ("Allow", "iot:Connect"),
        ("Allow", "iot:Publish"),
        ("Allow", "iot:Publish"),
        ("Allow", "iot:Subscribe"),
        ("Allow", "iot:Receive"),
    ]
    own = "${!iot:Connection.Thing.ThingName}"
    assert policy[0]["Resource"]["Fn::Sub"].endswith(f":client/{own}")
    assert policy[0]["Condition"] == {"Bool": {"iot:Connection.Thing.IsAttached": ["true"]}}
    topics = [resource["Fn::Sub"].split(":topic/")[1] for resource in policy[1]["Resource"]]
    assert topics == [f"mimamori/${{Stage}}/{own}/{kind}" for kind in ("readings", "urgent")]
    shadow, jobs = (f"$aws/things/{own}/{end}" for end in ("shadow/name/wishes", "jobs"))  # its own
    hears = [f"{shadow}/get/accepted", f"{shadow}/update/delta", f"{jobs}/*"]
    says = [f"{shadow}/get", f"{shadow}/update", f"{jobs}/start-next", f"{jobs}/*/update"]
    for statement, kind, topics in zip(policy[2:], ("topic", "topicfilter", "topic"), (says, hears, hears), strict=True):
        ends = [f":{kind}/{topic}" for topic in topics]
        assert all(one["Fn::Sub"].endswith(end) for one, end in zip(statement["Resource"], ends, strict=True)), statement


def test_the_policy_of_devices_is_no_longer_than_iot_core_takes(resources: Resources) -> None:
    """2,048 letters without blanks, in the longest of our regions and with a long stage."""
    text = json.dumps(resources["DevicePolicy"]["Properties"]["PolicyDocument"], separators=(",", ":"))
    text = re.sub(r'\{"Fn::Sub":("[^"]*")\}', r"\1", text).replace("${!", "${")
    for name, value in (("Partition", "aws"), ("Region", "ap-northeast-1"), ("AccountId", "123456789012")):
        text = text.replace(f"${{AWS::{name}}}", value)
    assert len(text.replace("${Stage}", "production")) <= 2048


def test_what_is_urgent_goes_straight_to_its_function_and_lies_in_the_queue_as_well(resources: Resources) -> None:
    rule = resources["UrgentRule"]["Properties"]["TopicRulePayload"]
    straight, beside = rule["Actions"]
    assert straight == {"Lambda": {"FunctionArn": {"Fn::GetAtt": ["UrgentWorker", "Arn"]}}}
    assert beside["Sqs"]["QueueUrl"] == {"Ref": "ReadingsQueue"}  # nothing is lost with a function
    assert rule["ErrorAction"]["Sqs"]["QueueUrl"] == {"Ref": "ReadingsQueue"}
    (config,) = dict(of_type(resources, "AWS::Lambda::EventInvokeConfig")).values()
    assert config["FunctionName"] == {"Ref": "UrgentWorker"}
    assert config["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": ["ReadingsQueue", "Arn"]}}}
    permission = resources["UrgentRuleMayCall"]["Properties"]
    assert permission["SourceArn"] == {"Fn::GetAtt": ["UrgentRule", "Arn"]}
    readings = resources["ReadingsRule"]["Properties"]["TopicRulePayload"]["Sql"]["Fn::Sub"]
    assert rule["Sql"]["Fn::Sub"] == readings.replace("/readings'", "/urgent'")


# What ministack is known to evaluate as AWS does (its other functions drop a message silently, or never fire).
SQL = re.compile(
    r"SELECT (\*|[\w.]+|encode\(\*, 'base64'\))( AS \w+)?(, (\*|[\w.]+|topic\(\d\)|timestamp\(\))( AS \w+)?)* "
    r"FROM '[\w/+#${}-]+'( WHERE [\w.]+ (=|<>|<|>|<=|>=) ('[^']*'|\d+)( (AND|OR) [\w.]+ (=|<>|<|>|<=|>=) ('[^']*'|\d+))*)?"
)


def test_rules_say_only_what_the_embedded_stack_evaluates(resources: Resources) -> None:
    rules = [rule["TopicRulePayload"] for _, rule in of_type(resources, "AWS::IoT::TopicRule")]
    assert rules
    for rule in rules:
        sql = rule["Sql"]["Fn::Sub"] if isinstance(rule["Sql"], dict) else rule["Sql"]
        assert SQL.fullmatch(sql), sql
        assert rule["ErrorAction"]
        assert {next(iter(action)) for action in rule["Actions"]} <= {"Lambda", "Sqs", "Sns", "DynamoDBv2", "Republish"}
    assert not SQL.fullmatch("SELECT * FROM 'a/b' WHERE metric IN ['a', 'b']")
    assert not SQL.fullmatch("SELECT upper(metric) AS metric FROM 'a/b'")


# --- the folder itself ---


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("Resources:\n  Queue: {Type: AWS::SQS::Queue}\n  Queue: {Type: AWS::SNS::Topic}\n")
    with pytest.raises(Trouble, match="the key Queue is given twice"):
        load(tmp_path)


def test_a_name_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("Resources:\n  Queue: {Type: AWS::SQS::Queue}\n")
    with pytest.raises(Trouble, match=r"two\.yaml: Resources Queue is already in another file"):
        load(tmp_path)
