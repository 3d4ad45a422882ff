"""What serves the app on AWS: a closed bucket, one address, and the same idea of a screen as the front has."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local import web
from local.front import is_screen

Resources = dict[str, Any]
PATHS = (
    "/",
    "/days",
    "/homes/c-1/days/2026-11-22",
    "/console/",
    "/v1x",
    "/sw.js",
    "/assets/app-1a2b.js",
    "/a.b/c",
    "/.well-known",
)


@pytest.fixture(scope="module")
def distribution(resources: Resources) -> dict[str, Any]:
    return resources["AppDistribution"]["Properties"]["DistributionConfig"]  # type: ignore[no-any-return]


def test_the_address_of_a_screen_is_the_same_thing_there_and_here(resources: Resources, tmp_path: Path) -> None:
    """CloudFront's function, run by Node.js, beside the front's."""
    code = resources["AppScreens"]["Properties"]["FunctionCode"]
    file = tmp_path / "screens.js"
    file.write_text(
        f"{code}\nconst said = {json.dumps(PATHS)}.map((uri) => handler({{request: {{uri}}}}).uri);\nconsole.log(JSON.stringify(said));"
    )
    ran = subprocess.run([str(web.find().programs / "node"), str(file)], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(ran.stdout) == ["/index.html" if is_screen(path) else path for path in PATHS]


def test_nobody_reads_the_bucket_but_this_distribution(resources: Resources) -> None:
    bucket = resources["AppBucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    get, look, unsafe = resources["AppBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    for allowed in (get, look):
        assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        (whose,) = allowed["Condition"]["StringEquals"].values()
        assert whose["Fn::Sub"].endswith(":distribution/${AppDistribution}")
    assert (get["Action"], look["Action"]) == ("s3:GetObject", "s3:ListBucket")
    assert (unsafe["Effect"], unsafe["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": False}})


def test_the_api_is_never_kept_and_gets_what_it_needs(distribution: dict[str, Any]) -> None:
    (api,) = distribution["CacheBehaviors"]
    assert (api["PathPattern"], api["TargetOriginId"]) == ("/v1/*", "api")
    assert api["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # Managed-CachingDisabled
    assert api["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"  # Managed-AllViewerExceptHostHeader
    assert set(api["AllowedMethods"]) >= {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert "FunctionAssociations" not in api
    assert "CustomErrorResponses" not in distribution, "they would put the app in the place of the API's 404"


def test_the_app_comes_with_its_headers_and_over_https_only(distribution: dict[str, Any], resources: Resources) -> None:
    app = distribution["DefaultCacheBehavior"]
    assert app["ResponseHeadersPolicyId"] == {"Ref": "AppHeaders"}
    assert app["ViewerProtocolPolicy"] == "redirect-to-https"
    assert app["AllowedMethods"] == ["GET", "HEAD"]
    security = resources["AppHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
    assert all(header["Override"] for header in security.values())


def test_the_local_stage_makes_none_of_it(resources: Resources) -> None:
    made = {name for name, one in resources.items() if "CloudFront" in one["Type"] or name.startswith("App")}
    assert made >= {"AppBucket", "AppBucketPolicy", "AppAccess", "AppScreens", "AppHeaders", "AppDistribution"}
    assert {resources[name].get("Condition") for name in made} == {"Deployed"}
