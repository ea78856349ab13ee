"""Why a call failed: one stable word each, and what it means to a person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evaluator.errors import Words

CAUSES: Mapping[str, Words] = MappingProxyType(
    {
        "timeout": Words("等待回复超时", "no reply in time"),
        "connection": Words("连不上服务", "cannot connect"),
        "tls": Words("证书校验失败，请检查网络代理或系统时间", "the certificate is not valid: check proxy and clock"),
        "rate_limited": Words("请求过于频繁，重试后仍被限流", "rate limited, also after retries"),
        "server_error": Words("服务端出错，重试后仍未恢复", "server error, also after retries"),
        "conflict": Words("服务端繁忙（409）", "conflict (409)"),
        "bad_body": Words("回复不完整或不是 JSON", "the reply is broken or no JSON"),
        "auth": Words("密钥不被接受，请检查密钥及其所属地区", "the key is not accepted: check it and its region"),
        "forbidden": Words("没有权限，或所在地区不受支持", "not permitted, or the region is not supported"),
        "quota": Words("余额或额度不足，请充值或更换密钥", "out of credit: top up or use another key"),
        "model_not_found": Words("没有这个模型，请检查 model 设置", "no such model: check `model`"),
        "not_found": Words(
            "地址不对，请检查 base_url（常以 /v1 结尾）", "wrong address: check base_url (often ends in /v1)"
        ),
        "not_an_api": Words("返回的是网页而不是接口回复，请检查 base_url", "a web page, not an API: check base_url"),
        "redirected": Words("服务要求转往别处，未跟随", "the server redirects elsewhere; not followed"),
        "context_length": Words("答案和评分细则超过模型的上下文长度", "longer than the model's context"),
        "bad_request": Words("服务拒绝了这个请求", "the request is refused"),
        "content_filter": Words("内容被服务商的审核拦截", "stopped by the provider's content filter"),
        "refused": Words("模型拒绝回答", "the model declined"),
        "empty": Words("模型返回空内容", "an empty reply"),
        "truncated": Words("回复被截断，放宽长度后仍未写完", "cut off, also with a larger limit"),
        "not_json": Words("回复不是所要的 JSON", "not the JSON that was asked for"),
        "batch_failed": Words("批量作业没有给出这一条的结果", "the batch job gave no answer to this request"),
        "sdk": Words("客户端库内部错误", "an error inside the SDK"),
    }
)


def explain(cause: str, lang: str = "zh") -> str:
    """The cause in words; an unknown word as it is."""
    return CAUSES[cause].text(lang) if cause in CAUSES else cause
