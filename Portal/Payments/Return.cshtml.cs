using Billing.Payments;
using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Identity;

namespace Portal.Payments;

/// <summary>
/// Where the gateway's page posts to when it is done. Another site's post comes without our session cookie and without a form token:
/// the signature over our own order id stands for both. The answer leads to a page of our own, which the cookie reaches.
/// </summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
internal sealed class ReturnModel(Db db, ReturnFromGateway returned) : PageModel
{
    public async Task<IActionResult> OnPost(string? intent)
    {
        if (!Request.HasFormContentType) return Page().With(StatusCodes.Status415UnsupportedMediaType);
        var form = await Request.ReadFormAsync(HttpContext.RequestAborted);
        var paymentId = form["razorpay_payment_id"].ToString();
        if (paymentId.Length > 0)
        {
            return await returned.Run(intent, paymentId, form["razorpay_signature"].ToString()) is { } known
                ? this.SeeOther($"/pay/{known.OrderId}/result?back=paid")
                : Page().With(StatusCodes.Status400BadRequest);
        }

        // a failure is not signed: it changes nothing, it only says which page to show
        return Id.TryParse<PaymentIntentId>(intent, out var id) && await PaymentIntent.OfAnyAccount(db, id) is { } failed
            ? this.SeeOther($"/pay/{failed.OrderId}/result?back=failed")
            : Page().With(StatusCodes.Status400BadRequest);
    }

    // the address is for posts only; who comes by link is shown the way
    public IActionResult OnGet() => this.SeeOther("/servers");
}
