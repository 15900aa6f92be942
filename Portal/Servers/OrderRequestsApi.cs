using System.Text.Json.Serialization;
using Billing.Orders;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Api;
using Portal.Approvals;
using Portal.Backups;
using Portal.Catalogue;
using Portal.Identity;

namespace Portal.Servers;

/// <summary>A server that somebody who may only ask for it wants ordered.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApiOrderWish
{
    public ApiOrderRequest? Order { get; init; }

    /// <summary>For whoever decides, at most 400 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary><c>/api/v1/order-requests</c>: asking for a server in the place of ordering it.</summary>
internal static class OrderRequestsApi
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.Api().MapPost("/order-requests", Ask).Needs(Permissions.ServersOrder, orAsk: true).Creates().WithTags("Approvals")
            .WithSummary("Asks those who decide to order a server; see /approvals. What is approved is ordered once, at the price of now or not at all.")
            .WithDescription("422 portal.servers.invalid_order; 409 portal.servers.sold_out or billing.orders.billing_details_missing.");

    private static async Task<Results<Created<ApiApproval>, ProblemHttpResult>> Ask(
        ApiOrderWish request, HttpContext context, Db db, PlaceOrder placeOrder, Quote quote, AskApproval ask, TimeProvider clock)
    {
        var (who, now) = (context.SignedIn(), clock.GetUtcNow());
        var order = request.Order ?? new ApiOrderRequest();
        if (request.Reason?.Length > AskApproval.LongestReason)
            return ApiProblem.Fields("portal.approvals.invalid", [new FieldProblem("reason", "portal.approvals.reason_too_long", "Use at most 400 characters.")]);
        if (!string.IsNullOrEmpty(order.Backup) && await context.Missing(Permissions.BackupsRestore, order.Backup) is { } missing) return missing;
        var like = string.IsNullOrEmpty(order.Backup) ? null : await RestoreAsNew.Wish(db, who.AccountId, order.Backup);
        var wish = order.Wish(like);
        var (read, refusals) = await RestoreAsNew.Check(db, who.AccountId, wish, await OnSale.Read(db, now));
        if (read is null) return OrdersApi.Refused(refusals);
        switch (await quote.Run(db, who.AccountId.Value, placeOrder.Lines(read, Id.New<ServerId>(now), who.AccountId), now))
        {
            case QuoteOutcome.Quoted quoted:
                var id = await ask.Run(context, OrderOnApproval.Ask(wish, read, quoted.Totals.Total, context.IdempotencyKey(), context.Access().AskTeam, request.Reason));
                return TypedResults.Created($"/api/v1/approvals/{id}", ApprovalsApi.Shown((await Approval.Find(db, who.AccountId, id))!, now));
            case QuoteOutcome.BillingDetailsMissing none: return ApiProblem.Of(StatusCodes.Status409Conflict, none.Code, none.Message);
            default: return OrdersApi.Refused([OrdersApi.NoLongerSold]);
        }
    }
}
