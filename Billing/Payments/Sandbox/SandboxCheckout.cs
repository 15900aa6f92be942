using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Billing.Payments.Sandbox;

/// <summary>
/// The hosted checkout: the shop's form is posted here, the customer pays, fails or cancels, and the browser posts the result to the
/// shop's callback address. Works without JavaScript.
/// </summary>
internal sealed class SandboxCheckout(SandboxOptions options, SandboxBook book, SandboxPayments payments)
{
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/checkout/embedded", Show).DisableAntiforgery();
        routes.MapPost("/sandbox/checkout", Answer).DisableAntiforgery();
    }

    private async Task<IResult> Show(HttpRequest request)
    {
        if (!request.HasFormContentType) return Page("Not a form", "<p>The checkout is opened by a form post.</p>", 400);
        var form = await request.ReadFormAsync();
        if (form["key_id"] != options.KeyId) return Page("Unknown key", "<p>The key id is not the sandbox's.</p>", 400);
        var order = book.Read(pages => pages.Orders.GetValueOrDefault(form["order_id"].ToString()));
        if (order is null) return Page("Unknown order", "<p>The order id does not exist.</p>", 400);
        if (!IsWebAddress(form["callback_url"])) return Page("No way back", "<p>callback_url is no web address.</p>", 400);
        if (order.Status == "paid") return Page("Already paid", "<p>This order has been paid. Nothing is taken again.</p>", 400);
        var cancel = IsWebAddress(form["cancel_url"]) ? form["cancel_url"].ToString() : form["callback_url"].ToString();
        string Hidden(string name, string value) => $"""<input type="hidden" name="{name}" value="{Html(value)}">""";
        var hidden = Hidden("order_id", order.Id) + Hidden("callback_url", form["callback_url"].ToString());
        return Page(
            $"Pay {Rupees(order.Amount)}",
            $"""
            <p class="to">to {Html(form["name"].ToString() is { Length: > 0 } name ? name : "the shop")}</p>
            <p>{Html(form["description"].ToString())}</p>
            <form method="post" action="/sandbox/checkout">
                {hidden}
                <fieldset><legend>Method</legend>
                    <label><input type="radio" name="method" value="upi" checked> UPI</label>
                    <label><input type="radio" name="method" value="card"> Card</label>
                    <label><input type="radio" name="method" value="netbanking"> Net banking</label>
                </fieldset>
                <button name="outcome" value="captured">Pay {Rupees(order.Amount)}</button>
                <button name="outcome" value="failed" class="quiet">Let the payment fail</button>
            </form>
            <p><a href="{Html(cancel)}">Cancel and go back</a></p>
            """);
    }

    private async Task<IResult> Answer(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (!IsWebAddress(form["callback_url"])) return Page("No way back", "<p>callback_url is no web address.</p>", 400);
        var wish = new PayWish { Method = form["method"].ToString(), Outcome = form["outcome"] == "failed" ? "failed" : "captured" };
        var payment = payments.Pay(form["order_id"].ToString(), wish);
        if (payment is null) return Page("Already paid", "<p>This order has been paid, or does not exist. Nothing is taken again.</p>", 400);
        var fields = payment.Status == "failed" ? Failure(payment) : payments.Answer(payment);
        var hidden = string.Concat(fields.Select(field =>
            $"""<input type="hidden" name="{Html(field.Key)}" value="{Html(field.Value?.GetValue<string>() ?? "")}">"""));
        return Page(
            payment.Status == "failed" ? "The payment failed" : "Payment received",
            $"""
            <form id="back" method="post" action="{Html(form["callback_url"].ToString())}">
                {hidden}
                <button>Continue</button>
            </form>
            <script>document.getElementById('back').submit()</script>
            """);
    }

    private static JsonObject Failure(SandboxPayment payment) => new()
    {
        ["error[code]"] = "BAD_REQUEST_ERROR",
        ["error[description]"] = "Your payment was declined by the bank. Try another payment method.",
        ["error[source]"] = "bank",
        ["error[step]"] = "payment_authorization",
        ["error[reason]"] = payment.ErrorReason,
        ["error[metadata]"] = new JsonObject { ["payment_id"] = payment.Id, ["order_id"] = payment.OrderId }.ToJsonString(),
    };

    private static bool IsWebAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";

    private static string Html(string? text) => HtmlEncoder.Default.Encode(text ?? "");

    private static string Rupees(long paise) =>
        string.Create(CultureInfo.GetCultureInfo("en-IN"), $"₹{paise / 100:#,##0}.{paise % 100:00}");

    private static IResult Page(string title, string body, int status = 200) => Results.Text(
        $$"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
        <title>{{Html(title)}} · payment sandbox</title>
        <style>
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
            body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
            main { box-sizing: border-box; width: min(26rem, 100vw); padding: 2rem; border: 1px solid #8886; border-radius: .75rem; }
            h1 { margin: 0; font-size: 1.5rem; }
            .to { margin-top: 0; }
            fieldset { border: 1px solid #8886; border-radius: .5rem; margin: 0 0 1rem; }
            label { display: block; padding: .35rem 0; }
            button { display: block; width: 100%; min-height: 2.75rem; margin: .5rem 0; font: inherit; font-weight: 600;
                border: 1px solid #1d4ed8; border-radius: .5rem; background: #1d4ed8; color: #fff; cursor: pointer; }
            .quiet { background: transparent; color: inherit; }
            a { color: LinkText; }
            small { display: block; margin-top: 1.5rem; }
        </style>
        </head>
        <body><main><h1>{{Html(title)}}</h1>{{body}}<small>Sandbox: no money moves here.</small></main></body>
        </html>
        """,
        "text/html; charset=utf-8",
        statusCode: status);
}
