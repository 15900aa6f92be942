using Billing.Ledger;
using Billing.Orders;
using Billing.Payments;
using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Approvals;
using Portal.Identity;
using Portal.Identity.Factors;
using Portal.Shell;

namespace Portal.Payments;

/// <summary>What the order costs, and the way to the gateway or to the customer's credit.</summary>
[Needs(Permissions.BillingPay, Resource = "orderId", OrAsk = true)]
internal sealed class PayModel(
    Db db, StartPayment startPayment, PayFromWallet payFromWallet, AskApproval ask, PublicAddress address, TimeProvider clock) : PageModel
{
    /// <summary>Tells one form from another.</summary>
    [BindProperty]
    public string? Token { get; set; }

    /// <summary>Why it is to be paid, for whoever decides.</summary>
    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>They may not pay it themselves.</summary>
    public bool OnlyAsks { get; private set; }

    public PaymentStart Start { get; private set; } = new PaymentStart.UnknownOrder();

    public SalesOrder Order { get; private set; } = new();

    public IReadOnlyList<SalesOrderLine> Lines { get; private set; } = [];

    public long CreditPaise { get; private set; }

    public bool CanUseCredit => CreditPaise >= Order.TotalPaise;

    public string CallbackUrl { get; private set; } = "";

    public string CancelUrl => address.Of($"/pay/{Order.Id}");

    public string FullName => HttpContext.SignedIn().FullName;

    public string Email => HttpContext.SignedIn().Email;

    public Task<IActionResult> OnGet(string orderId) => Show(orderId);

    /// <summary>Asks those who decide to pay it from the credit.</summary>
    public async Task<IActionResult> OnPostAsk(string orderId)
    {
        if (Reason?.Length > AskApproval.LongestReason) ModelState.AddModelError(nameof(Reason), $"Use at most {AskApproval.LongestReason} characters.");
        if (await Show(orderId) is not PageResult || !ModelState.IsValid || Order.State != SalesOrder.AwaitingPayment) return await Show(orderId);
        var id = await ask.Run(HttpContext, PayOnApproval.Ask(Order, Lines, Token!, Reason));
        return this.SeeOther($"/approvals/{id}");
    }

    [Needs(Permissions.BillingPay, Resource = "orderId")]
    [FreshFactor("pay this order from your credit")]
    public async Task<IActionResult> OnPostCredit(string orderId)
    {
        if (!Id.TryParse<SalesOrderId>(orderId, out var id)) return NotFound();
        var (outcome, beyond) = await PayWithinLimit.Run(HttpContext, db, payFromWallet, id, clock.GetUtcNow());
        if (beyond is not null)
        {
            ModelState.AddModelError("", beyond.Message);
            return await Show(orderId);
        }

        switch (outcome)
        {
            case WalletPaymentOutcome.Paid or WalletPaymentOutcome.NotPayable:
                return this.SeeOther($"/pay/{id}/result");
            case WalletPaymentOutcome.SoldOut:
                return this.SeeOther($"/pay/{id}/result");
            case WalletPaymentOutcome.NotEnough tooLittle:
                ModelState.AddModelError("", $"Your credit of {tooLittle.Balance.Show()} does not cover {tooLittle.Total.Show()}. Nothing was taken from it.");
                return await Show(orderId);
            default:
                return NotFound();
        }
    }

    private async Task<IActionResult> Show(string orderId)
    {
        if (!Id.TryParse<SalesOrderId>(orderId, out var id)) return NotFound();
        var accountId = HttpContext.SignedIn().AccountId.Value;
        Token = Guid.TryParseExact(Token, "n", out _) ? Token : Guid.NewGuid().ToString("n");
        if (await AskedOnly(id))
        {
            if (await SalesOrder.Find(db, accountId, id) is not { } asked) return NotFound();
            if (asked.State != SalesOrder.AwaitingPayment) return this.SeeOther($"/pay/{id}/result");
            (OnlyAsks, Order) = (true, asked);
            Lines = await SalesOrder.Lines(db, accountId, id);
            CreditPaise = (await Wallet.Balance(db, accountId)).Paise;
            return Page();
        }

        Start = await startPayment.Run(accountId, id, HttpContext.RequestAborted);
        switch (Start)
        {
            case PaymentStart.Ready ready:
                Order = ready.Order;
                CallbackUrl = address.Of($"/pay/return?intent={ready.Checkout.Intent.Id}");
                HttpContext.PagePolicy().AllowFormsTo(ready.Checkout.Address);
                break;
            case PaymentStart.Preparing preparing:
                Order = preparing.Order;
                break;
            case PaymentStart.NothingToPay:
                return this.SeeOther($"/pay/{id}/result");
            default:
                return NotFound();
        }

        Lines = await SalesOrder.Lines(db, accountId, id);
        CreditPaise = (await Wallet.Balance(db, accountId)).Paise;
        return Page();
    }

    private async Task<bool> AskedOnly(SalesOrderId id)
    {
        var access = HttpContext.Access();
        if (access.CanOnAll(Permissions.BillingPay)) return false;
        var server = await KnownResources.ServerOf(db, HttpContext.SignedIn().AccountId, id.Value);
        return access.Check(Permissions.BillingPay, server) != Verdict.Allowed;
    }
}
