namespace Portal.Payments;

/// <summary>What the room offers the building: the pages and the API around a payment.</summary>
public static class PayPagesRoom
{
    /// <summary>Maps the room's endpoints.</summary>
    public static void MapPayPages(this IEndpointRouteBuilder routes) => PaymentsApi.Map(routes);
}
